using System.Globalization;
using CaptionTL.Cli.Output;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl cache list: what the embedding cache holds, one line an encoder.</summary>
internal sealed class CacheListCommand : CliCommand
{
    private readonly CacheFolderOption _cache = new();

    public CacheListCommand() : base("list", "Show what the embedding cache holds, one line an encoder", "captiontl cache list", "captiontl cache list --json")
    {
        Add(_cache);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        using var cache = _cache.OpenExisting(run);
        run.Output.WriteTable(
            cache.List(),
            $"no embeddings in {cache.Folder}",
            ("pictures", entry => Whole(entry.Pictures)),
            ("embeddings", entry => Whole(entry.Embeddings)),
            ("grid", entry => $"{entry.Cells} × {entry.Channels}"),
            ("size", entry => Units.Bytes(entry.Bytes)),
            ("last used", entry => entry.LastUsed.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)),
            ("encoder", entry => entry.Fingerprint));
        return Task.FromResult(ExitCode.Done);
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
