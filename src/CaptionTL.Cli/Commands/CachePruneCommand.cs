using System.CommandLine;
using System.Globalization;
using CaptionTL.Cli.Output;
using CaptionTL.Embeddings;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl cache prune: removes embeddings; what is in use stays.</summary>
internal sealed class CachePruneCommand : CliCommand
{
    private readonly CacheFolderOption _cache = new();
    private readonly Option<double?> _unusedDays = new("--unused-days") { Description = "Remove what was not read for so many days", HelpName = "DAYS" };
    private readonly Option<string?> _encoder = new("--encoder") { Description = "Remove what encoders made whose name (see cache list) contains this text", HelpName = "TEXT" };
    private readonly Option<string?> _maxSize = new("--max-size") { Description = "Remove what was used longest ago until no more than this is left, for instance 2GB or 500MB", HelpName = "SIZE" };
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
            MaxBytes = run.Get(_maxSize) is { } size ? Units.ParseBytes(size) ?? throw new CaptionTLException($"--max-size: '{size}' is no size; write for instance 2GB or 500MB") : null,
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
        days is >= 0 and <= 100_000 ? TimeSpan.FromDays(days) : throw new CaptionTLException("--unused-days: a number of days from 0 to 100000 is expected");

    /// <summary>An empty text is contained in every name; who means everything says --all.</summary>
    private static string NotEmpty(string encoder) =>
        encoder.Length > 0 ? encoder : throw new CaptionTLException("--encoder: the text is empty; --all removes everything");
}
