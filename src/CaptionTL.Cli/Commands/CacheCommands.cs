using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Embeddings;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl cache …</summary>
internal sealed class CacheCommand : CommandGroup
{
    public CacheCommand() : base("cache", "Embeddings kept on disk: list, verify and remove them")
    {
        Add(new CacheListCommand());
        Add(new CacheVerifyCommand());
        Add(new CachePruneCommand());
    }
}

/// <summary>captiontl cache list: what the embedding cache holds, one line for each encoder.</summary>
internal sealed class CacheListCommand : CliCommand
{
    private readonly CacheFolderOption _cache = new();

    public CacheListCommand() : base(
        "list", "Show what the embedding cache holds, one line for each encoder",
        "captiontl cache list",
        "captiontl cache list --json") => Accept(_cache);

    protected override Task<int> RunAsync(CommandRun run)
    {
        using var cache = _cache.OpenExisting(run);
        run.Output.WriteTable(
            cache.List(), $"no embeddings in {cache.Folder}",
            ("images", entry => $"{entry.Images}"),
            ("embeddings", entry => $"{entry.Embeddings}"),
            ("grid", entry => $"{entry.Cells} × {entry.Channels}"),
            ("size", entry => Units.Bytes(entry.Bytes)),
            ("last used", entry => Units.LocalTime(entry.LastUsed)),
            ("encoder", entry => entry.Fingerprint));
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>captiontl cache verify: reads every shard and compares it with its checksum.</summary>
internal sealed class CacheVerifyCommand : CliCommand
{
    private readonly Option<bool> _repair = new("--repair")
    {
        Description = "Remove damaged files; their embeddings are computed again when they are needed",
    };
    private readonly CacheFolderOption _cache = new();

    public CacheVerifyCommand() : base(
        "verify", "Read every file of the embedding cache and compare it with its checksum",
        "captiontl cache verify",
        "captiontl cache verify --repair") => Accept(_repair, _cache);

    protected override Task<int> RunAsync(CommandRun run)
    {
        using var cache = _cache.OpenExisting(run);
        IReadOnlyList<EmbeddingDamage> damages;
        var megabytes = cache.List().Sum(entry => entry.Bytes) >> 20;
        using (var progress = run.Progress())
            damages = cache.Verify(run.Get(_repair), new ImmediateProgress<double>(share =>
                progress.Report("verifying", (long)(share * megabytes), megabytes, "MiB")), run.CancellationToken);
        run.Output.WriteTable(
            damages, $"all files of {cache.Folder} are as they were written",
            ("file", damage => damage.File),
            ("embeddings", damage => $"{damage.Embeddings}"),
            ("", damage => damage.Dropped ? "removed" : "damaged"),
            ("reason", damage => damage.Reason));
        if (damages.All(damage => damage.Dropped)) return Task.FromResult(ExitCode.Done);
        if (!run.Get(_repair))
            run.Error.WriteLine("captiontl cache verify --repair removes damaged files; their embeddings are computed again when they are "
                + "needed");
        return Task.FromResult(ExitCode.Failed);
    }
}

/// <summary>captiontl cache prune: removes embeddings, except those in use.</summary>
internal sealed class CachePruneCommand : CliCommand
{
    private readonly Option<double?> _unusedDays = new("--unused-days")
    {
        Description = "Remove embeddings that have not been read for this many days", HelpName = "DAYS",
    };
    private readonly Option<string?> _encoder = new("--encoder")
    {
        Description = "Remove the embeddings of encoders whose name (see 'captiontl cache list') contains this text", HelpName = "TEXT",
    };
    private readonly Option<string?> _maxSize = new("--max-size")
    {
        Description = "Remove the least recently used embeddings until at most this much is left, for instance 2GB or 500MB",
        HelpName = "SIZE",
    };
    private readonly Option<bool> _all = new("--all") { Description = "Remove everything" };
    private readonly CacheFolderOption _cache = new();

    public CachePruneCommand() : base(
        "prune", "Remove embeddings to free disk space; they can be computed again, and those in use are kept",
        "captiontl cache prune --unused-days 30",
        "captiontl cache prune --max-size 2GB",
        "captiontl cache prune --all")
    {
        Option[] whatToRemove = [_unusedDays, _encoder, _maxSize, _all];
        Accept([.. whatToRemove, _cache]);
        Validators.Add(result =>
        {
            if (!whatToRemove.Any(option => result.GetResult(option) is { Implicit: false }))
                result.AddError("Say what to remove: --unused-days, --encoder, --max-size or --all.");
        });
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var options = new EmbeddingPruneOptions
        {
            UnusedFor = run.Get(_unusedDays) is { } days ? Days(days) : null,
            Fingerprint = run.Get(_encoder) is { } encoder ? NotEmpty(encoder) : null,
            MaxBytes = run.Get(_maxSize) is { } size ? Size(size) : null,
            All = run.Get(_all),
        };
        using var cache = _cache.OpenExisting(run);
        var result = cache.Prune(options);
        run.Output.Write(result, text =>
        {
            text.WriteLine($"removed {Units.Count(result.Embeddings, "embedding")}, {Units.Bytes(result.Bytes)}");
            if (result.InUse > 0) text.WriteLine($"kept {Units.Count(result.InUse, "file")} in use");
        });
        return Task.FromResult(ExitCode.Done);
    }

    private static TimeSpan Days(double days) =>
        days is >= 0 and <= 100_000 ? TimeSpan.FromDays(days)
            : throw new CaptionTLException($"--unused-days is {days}; it must be a number of days from 0 to 100000.");

    private static long Size(string size) =>
        Units.ParseBytes(size) ?? throw new CaptionTLException($"--max-size is '{size}'; write a size such as 2GB or 500MB.");

    /// <summary>An empty text is contained in every name: to remove everything one says --all.</summary>
    private static string NotEmpty(string encoder) =>
        encoder.Length > 0 ? encoder : throw new CaptionTLException("--encoder is empty; to remove everything, use --all.");
}
