namespace CaptionTL.Service.Security;

/// <summary>What the page where one signs in is dressed with: addresses of this host. Empty where the service has no pages beside it.</summary>
public sealed class SignInLook
{
    public IList<string> Styles { get; } = [];

    /// <summary>Run before the page is painted.</summary>
    public IList<string> Scripts { get; } = [];

    public string? Icon { get; set; }
}
