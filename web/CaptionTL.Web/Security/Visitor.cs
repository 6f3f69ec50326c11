namespace CaptionTL.Web.Security;

/// <summary>Whose page this is: one a request, one a circuit.</summary>
public sealed class Visitor
{
    /// <summary>Where the service's sign-in keeps the key that the visitor gave.</summary>
    public const string Cookie = "captiontl-key";

    /// <summary>API key that the visitor signed in with; passed on with everything the pages ask of the API.</summary>
    public string? Key { get; set; }

    public bool IsSignedIn => Key is not null;
}
