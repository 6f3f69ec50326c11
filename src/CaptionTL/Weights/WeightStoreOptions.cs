using CaptionTL.IO;

namespace CaptionTL.Weights;

/// <summary>Where weights are looked for and how they are fetched.</summary>
public sealed record WeightStoreOptions
{
    private static readonly Lazy<HttpClient> Shared = new(() =>
    {
        var client = new HttpClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("CaptionTL");
        return client;
    });

    /// <summary>Folders that hold NAME/FILE or NAME.EXTENSION; read only.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Downloads and installed files go here.</summary>
    public string CacheFolder { get; init; } = AppFolders.Models;

    /// <summary>The client of a download; it is not disposed.</summary>
    public Func<HttpClient> HttpClient { get; init; } = () => Shared.Value;

    /// <summary>False: nothing leaves this machine.</summary>
    public bool AllowDownload { get; init; } = true;

    /// <summary>Wait after the first try that failed; doubled every time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>CAPTIONTL_MODELS (folders, separated as in PATH), CAPTIONTL_HOME, CAPTIONTL_OFFLINE=1.</summary>
    public static WeightStoreOptions FromEnvironment() => new()
    {
        Folders = (Environment.GetEnvironmentVariable("CAPTIONTL_MODELS") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        AllowDownload = Environment.GetEnvironmentVariable("CAPTIONTL_OFFLINE") is not ("1" or "true"),
    };
}
