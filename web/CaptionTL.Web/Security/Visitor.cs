namespace CaptionTL.Web.Security;

/// <summary>Whose page this is: one a request, one a circuit.</summary>
public sealed class Visitor
{
    /// <summary>API key that the visitor signed in with; passed on with everything the pages ask of the API.</summary>
    public string? Key { get; set; }

    public bool IsSignedIn => Key is not null;
}
