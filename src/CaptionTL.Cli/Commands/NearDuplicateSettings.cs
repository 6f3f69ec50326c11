using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Completion;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>The options of a search for pictures that are nearly the same, and the search.</summary>
internal sealed class NearDuplicateSettings
{
    private readonly Option<bool> _near = new("--near-duplicates") { Description = "Also find pictures that a pretrained network takes for nearly the same: mirrored, cropped, compressed again" };
    private readonly Option<double?> _similarity = new("--similarity") { Description = FormattableString.Invariant($"Cosine similarity from which on two pictures are nearly the same [default: {NearDuplicateFinder.DefaultThreshold}]") };
    private readonly Option<string?> _backbone = new("--backbone") { Description = $"Pretrained weights that compare them [default: {NearDuplicates.DefaultBackbone}]", HelpName = "WEIGHTS", CompletionSources = { KnownNames.Weights } };
    private readonly CacheFolderOption _cache = new();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_near, _similarity, _backbone, _cache]) command.Add(option);
    }

    /// <exception cref="CaptionTLException">A value is out of range, or meant for a search that was not asked for.</exception>
    public void Check(CommandRun run)
    {
        var similarity = run.Get(_similarity);
        if (similarity is not (null or (> 0 and <= 1))) throw new CaptionTLException(FormattableString.Invariant($"--similarity is {similarity}; it must be above 0 and at most 1."));
        if (!run.Get(_near) && (similarity is not null || run.Get(_backbone) is not null || run.Get(_cache) is not null))
            throw new CaptionTLException("--similarity, --backbone and --cache are for --near-duplicates; add it.");
        if (run.Get(_backbone) is { } backbone) BackboneRegistry.FindWeights(backbone);
    }

    /// <returns>Null where it was not asked for.</returns>
    public NearDuplicateReport? Find(CommandRun run, Dataset dataset, ProgressView progress)
    {
        if (!run.Get(_near)) return null;
        var threshold = run.Get(_similarity) ?? NearDuplicateFinder.DefaultThreshold;
        using var cache = _cache.Open(run);
        return NearDuplicates.Find(dataset, cache, threshold, run.Get(_backbone), progress: new RunProgressForwarder(progress), cancellation: run.CancellationToken);
    }
}
