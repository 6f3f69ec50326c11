using System.CommandLine;
using System.Globalization;
using CaptionTL.Cli.Output;
using CaptionTL.Embeddings;
using CaptionTL.IO;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl cache …</summary>
internal sealed class CacheCommand : CommandGroup
{
    public CacheCommand() : base("cache", "Embeddings kept on disk: what there is, whether it is whole, making room")
    {
        Add(new CacheListCommand());
        Add(new CacheVerifyCommand());
        Add(new CachePruneCommand());
    }
}

/// <summary>--cache FOLDER, for every command that uses the embedding cache.</summary>
internal sealed class CacheFolderOption : Option<string?>
{
    public CacheFolderOption() : base("--cache")
    {
        Description = "Folder of the embedding cache (otherwise in CAPTIONTL_HOME or the user's cache folder)";
        HelpName = "FOLDER";
    }

    /// <summary>Opens the cache; the folder is made where it is missing.</summary>
    public EmbeddingCache Open(CommandRun run) => EmbeddingCache.Open(run.Get(this) ?? AppFolders.Embeddings);

    /// <summary>Opens a cache that is to be looked at: a folder that someone named must be there.</summary>
    public EmbeddingCache OpenExisting(CommandRun run)
    {
        if (run.Get(this) is { } folder && !Directory.Exists(folder)) throw new CaptionTLException($"{folder}: no such folder");
        return Open(run);
    }
}

/// <summary>captiontl cache list: what the embedding cache holds, one line an encoder.</summary>
internal sealed class CacheListCommand : CliCommand
{
    private readonly CacheFolderOption _cache = new();

    public CacheListCommand() : base("list", "Show what the embedding cache holds, one line an encoder", "captiontl cache list",
        "captiontl cache list --json")
    {
        Add(_cache);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        using var cache = _cache.OpenExisting(run);
        run.Output.WriteTable(
            cache.List(),
            $"no embeddings in {cache.Folder}",
            ("images", entry => Whole(entry.Images)),
            ("embeddings", entry => Whole(entry.Embeddings)),
            ("grid", entry => $"{entry.Cells} × {entry.Channels}"),
            ("size", entry => Units.Bytes(entry.Bytes)),
            ("last used", entry => entry.LastUsed.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)),
            ("encoder", entry => entry.Fingerprint));
        return Task.FromResult(ExitCode.Done);
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>captiontl cache prune: removes embeddings; what is in use stays.</summary>
internal sealed class CachePruneCommand : CliCommand
{
    private readonly CacheFolderOption _cache = new();
    private readonly Option<double?> _unusedDays = new("--unused-days") { Description = "Remove what was not read for so many days",
        HelpName = "DAYS" };
    private readonly Option<string?> _encoder = new("--encoder") { Description = "Remove what encoders made whose name (see cache list) "
        + "contains this text", HelpName = "TEXT" };
    private readonly Option<string?> _maxSize = new("--max-size") { Description = "Remove what was used longest ago until no more than "
        + "this is left, for instance 2GB or 500MB", HelpName = "SIZE" };
    private readonly Option<bool> _all = new("--all") { Description = "Remove everything" };

    public CachePruneCommand() : base(
        "prune", "Remove embeddings to make room; they can be computed again, and what is in use stays",
        "captiontl cache prune --unused-days 30", "captiontl cache prune --max-size 2GB", "captiontl cache prune --all")
    {
        foreach (var option in (Option[])[_unusedDays, _encoder, _maxSize, _all, _cache]) Add(option);
        Validators.Add(result =>
        {
            if (!new Option[] { _unusedDays, _encoder, _maxSize, _all }.Any(option => result.GetResult(option) is { Implicit: false }))
                result.AddError("Say what to remove: --unused-days, --encoder, --max-size or --all.");
        });
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var options = new EmbeddingPruneOptions
        {
            UnusedFor = run.Get(_unusedDays) is { } days ? Days(days) : null,
            Fingerprint = run.Get(_encoder) is { } encoder ? NotEmpty(encoder) : null,
            MaxBytes = run.Get(_maxSize) is { } size ? Units.ParseBytes(size)
                ?? throw new CaptionTLException($"--max-size: '{size}' is no size; write for instance 2GB or 500MB") : null,
            All = run.Get(_all),
        };
        using var cache = _cache.OpenExisting(run);
        var result = cache.Prune(options);
        run.Output.Write(result, text =>
        {
            text.WriteLine($"removed {result.Embeddings.ToString(CultureInfo.InvariantCulture)} embeddings, {Units.Bytes(result.Bytes)}");
            if (result.InUse > 0) text.WriteLine($"{result.InUse.ToString(CultureInfo.InvariantCulture)} files are in use and stay");
        });
        return Task.FromResult(ExitCode.Done);
    }

    private static TimeSpan Days(double days) =>
        days is >= 0 and <= 100_000 ? TimeSpan.FromDays(days)
            : throw new CaptionTLException("--unused-days: a number of days from 0 to 100000 is expected");

    /// <summary>An empty text is contained in every name; who means everything says --all.</summary>
    private static string NotEmpty(string encoder) =>
        encoder.Length > 0 ? encoder : throw new CaptionTLException("--encoder: the text is empty; --all removes everything");
}

/// <summary>captiontl cache verify: reads every shard and compares it with its checksum.</summary>
internal sealed class CacheVerifyCommand : CliCommand
{
    private readonly CacheFolderOption _cache = new();
    private readonly Option<bool> _repair = new("--repair") { Description = "Take damaged files out; their embeddings are computed "
        + "again when they are needed" };

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
            damages = cache.Verify(run.Get(_repair), new ImmediateProgress<double>(share =>
                progress.Report("verifying", (long)(share * megabytes), megabytes, "MiB")), run.CancellationToken);
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
        if (!run.Get(_repair))
            run.Error.WriteLine("captiontl cache verify --repair takes damaged files out; their embeddings are computed again when they "
                + "are needed");
        return Task.FromResult(ExitCode.Failed);
    }
}
