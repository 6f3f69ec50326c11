namespace CaptionTL.Web;

/// <summary>The pages; section "CaptionTL:Web" of the configuration.</summary>
public sealed class WebOptions
{
    public const string Section = "CaptionTL:Web";

    /// <summary>Address of the API that the pages ask; the host's own when null.</summary>
    public Uri? Api { get; set; }
}
