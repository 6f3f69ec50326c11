namespace CaptionTL.Service.Security;

/// <summary>Who is let in; section "CaptionTL:Security".</summary>
public sealed class SecurityOptions
{
    public const string Section = ServiceOptions.Section + ":Security";

    /// <summary>Ask for keys on this machine's own addresses too: behind a proxy, or where others have accounts. Other addresses always ask.</summary>
    public bool RequireKeys { get; set; }

    /// <summary>Names under which this service is reached besides localhost, without a port; where any is given, no other name is answered.</summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Origins of other sites whose pages may call the API: "https://example.org".</summary>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Requests a minute for each key, or each address where there is none; 0 for no limit. Unless set: 1,200 where keys are asked for, otherwise no limit.</summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>Requests that may come at once on top of the steady rate; a page of thumbnails is a hundred.</summary>
    public int Burst { get; set; } = 300;

    /// <summary>Bytes of a request's body; uploads of data sets have a limit of their own.</summary>
    public long MaxRequestBytes { get; set; } = 160L << 20;
}
