using System.CommandLine;
using System.Globalization;
using CaptionTL.Cli.Output;
using CaptionTL.Embeddings;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl cache verify: reads every shard and compares it with its checksum.</summary>
internal sealed class CacheVerifyCommand : CliCommand
{
    private readonly CacheFolderOption _cache = new();
    private readonly Option<bool> _repair = new("--repair") { Description = "Take damaged files out; their embeddings are computed again when they are needed" };

    public CacheVerifyCommand() : base(
        "verify", "Read every file of the embedding cache and compare it with its checksum",
        "captiontl cache verify", "captiontl cache verify --repair")
    {
        Add(_repair);
        Add(_cache);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        using var cache = _cache.OpenExisting(run);
        IReadOnlyList<EmbeddingDamage> damages;
        var megabytes = cache.List().Sum(entry => entry.Bytes) >> 20;
        using (var progress = run.Progress())
            damages = cache.Verify(run.Get(_repair), new ImmediateProgress<double>(share => progress.Report("verifying", (long)(share * megabytes), megabytes, "MiB")), run.CancellationToken);
        if (run.Output.Json || damages.Count > 0)
            run.Output.WriteTable(
                damages, "",
                ("file", damage => damage.File),
                ("embeddings", damage => damage.Embeddings.ToString(CultureInfo.InvariantCulture)),
                ("", damage => damage.Dropped ? "taken out" : "damaged"),
                ("reason", damage => damage.Reason));
        else
            run.Output.Text.WriteLine($"all files of {cache.Folder} are as they were written");
        if (damages.All(damage => damage.Dropped)) return Task.FromResult(ExitCode.Done);
        if (!run.Get(_repair)) run.Error.WriteLine("captiontl cache verify --repair takes damaged files out; their embeddings are computed again when they are needed");
        return Task.FromResult(ExitCode.Failed);
    }
}
