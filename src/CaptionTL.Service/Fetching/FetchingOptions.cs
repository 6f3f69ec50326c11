namespace CaptionTL.Service.Fetching;

/// <summary>Pictures by address; section "CaptionTL:Fetching".</summary>
public sealed class FetchingOptions
{
    public const string Section = ServiceOptions.Section + ":Fetching";

    /// <summary>Off unless switched on: the service then opens connections that callers name.</summary>
    public bool Enabled { get; set; }

    /// <summary>Bytes of a picture.</summary>
    public long MaxBytes { get; set; } = 32L << 20;

    /// <summary>From the request to the last byte, redirects included.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Redirects that are followed.</summary>
    public int MaxRedirects { get; set; } = 5;

    /// <summary>Pictures fetched at once; others wait for their turn, as long as <see cref="Timeout"/>.</summary>
    public int AtOnce { get; set; } = 16;

    /// <summary>Of these, pictures of one request.</summary>
    public int AtOnceForOne { get; set; } = 4;
}
