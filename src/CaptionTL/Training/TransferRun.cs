using System.Diagnostics;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>
/// A model from nothing, as a plan says: data set → split → embeddings → training → model bundle. Each part that is there already
/// is used again, so the same call goes on after any interruption.
/// </summary>
/// <param name="options">What to do.</param>
/// <param name="store">Where the backbone's weights come from.</param>
/// <param name="progress">Told from the calling thread and from the embedding's.</param>
public sealed class TransferRun(TransferRunOptions options, WeightStore store, IProgress<RunProgress>? progress = null)
{
    private readonly TransferPlan _plan = options.Plan.Validated();

    /// <exception cref="CaptionTLException">Data, plan or folder are not as they must be.</exception>
    /// <exception cref="OperationCanceledException">Stopped in an orderly way; the same call goes on.</exception>
    public TransferRunResult Execute(CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        return PreparedLearning.Use(_plan, options, OpenFolder, store, progress, (task, context, skipped) =>
            Learn(task, context, skipped, clock, cancellation), cancellation);
    }

    private TransferRunResult Learn(LearningTask task, LearningContext context, int skipped, Stopwatch clock,
        CancellationToken cancellation)
    {
        var (run, planned, encoder) = (context.Run, context.Planned, context.Encoder);
        using var learned = task.Learn(context, cancellation);
        using var published = learned.ChecksLabels ? planned.WithClasses(encoder) : null;
        var bundle = new TransferBundle(_plan, planned.Weights, planned.Sha256, planned.Preprocessing)
        {
            Name = options.Name ?? Path.GetFileName(run.Path),
            Task = _plan.Head.Task,
            Data = task.Data,
            HeadEntries = learned.Entries,
            Describe = learned.Describe,
            Scores = learned.Scores,
            Published = published,
        };
        var manifest = bundle.Write(run.Bundle, learned.Network?.Backbone?.Weights ?? encoder.Weights, encoder.Cut, options.IncludeEncoder);
        return new TransferRunResult(run.Bundle, manifest, learned.State, skipped, clock.Elapsed) { Report = File.Exists(run.Report)
            ? run.Report : null };
    }

    private RunFolder OpenFolder()
    {
        var plan = JsonSerializer.Serialize(_plan, Json.Indented);
        AtomicFile.RemoveLeftovers(options.Out); // of a start that was killed before its plan was in place
        var there = Directory.Exists(options.Out) && Directory.EnumerateFileSystemEntries(options.Out).Any();
        var before = Path.Combine(options.Out, RunFolder.PlanFile);
        if (there && !File.Exists(before) && !options.Overwrite)
            throw new CaptionTLException($"{options.Out} is not empty and holds no run. Choose another folder with --out.");
        if (there && File.Exists(before))
        {
            if (options.Overwrite) RunFolder.Clear(options.Out);
            else if (File.ReadAllText(before) != plan)
                throw new CaptionTLException($"{options.Out} holds a run of another plan (see {before}). Choose another folder with "
                    + $"--out, or begin again there with --overwrite.");
        }
        AtomicFile.WriteAllText(before, plan); // first of all: what says that the folder holds a run
        return new RunFolder(options.Out);
    }
}

/// <summary>A plan, and what it is carried out on.</summary>
public sealed record TransferRunOptions
{
    public required TransferPlan Plan { get; init; }

    /// <summary>Folder, archive or file of a data set with captions or classes, whichever the head learns.</summary>
    public required string Data { get; init; }

    /// <summary>The run folder. An unfinished run of the same plan in it is gone on with.</summary>
    public required string Out { get; init; }

    /// <summary>Name of the model; the run folder's when null.</summary>
    public string? Name { get; init; }

    /// <summary>Where embeddings are kept between runs.</summary>
    public string CacheFolder { get; init; } = AppFolders.Embeddings;

    /// <summary>Begin again where the folder holds a run already.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Put the encoder's weights, fp16, into the bundle; otherwise it names them.</summary>
    public bool IncludeEncoder { get; init; } = true;

    public Precision Precision { get; init; } = Precision.Auto;
}

/// <summary>What a run has made.</summary>
/// <param name="Bundle">Path of the model bundle.</param>
/// <param name="Manifest">What is in it, the scores included.</param>
/// <param name="State">Where training ended.</param>
/// <param name="Skipped">Images that could not be read.</param>
/// <param name="Elapsed">Of this start.</param>
public sealed record TransferRunResult(string Bundle, BundleManifest Manifest, TrainingState State, int Skipped, TimeSpan Elapsed)
{
    /// <summary>A page with scores and images; null where the task has none.</summary>
    public string? Report { get; init; }
}
