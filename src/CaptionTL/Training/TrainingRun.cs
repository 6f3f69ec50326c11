using System.Diagnostics;
using System.Text.Json;
using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Training;

/// <summary>
/// Carries out a plan from the data set to the model bundle. Every part that is there already is used again, so the same call resumes
/// after any interruption.
/// </summary>
/// <param name="options">What to do.</param>
/// <param name="store">Where the backbone's weights come from.</param>
/// <param name="progress">Called from the calling thread and from the threads that embed.</param>
public sealed class TrainingRun(TrainingRunOptions options, WeightStore store, IProgress<RunProgress>? progress = null)
{
    private readonly TransferPlan _plan = options.Plan.Validated();

    /// <exception cref="CaptionTLException">Data, plan or folder cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Stopped in an orderly way; the same call resumes.</exception>
    public TrainingRunResult Execute(CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        // Open and split. The folder comes second: a data set that cannot be read leaves it untouched.
        var data = TrainingData.Open(_plan, options.Data);
        var run = OpenFolder();
        data.Split(run);
        // Embed.
        var planned = PlannedBackbone.Find(_plan, store, options.Precision, progress, cancellation);
        using var encoder = planned.Encoder(_plan.Layer);
        using var cache = EmbeddingCache.Open(options.CacheFolder);
        using var embeddings = new CutEmbeddings(planned, cache, _plan, progress);
        var skipped = embeddings.Open(encoder, data, cancellation);
        // Head and phases; a conventional model has no phases and is fitted in one go.
        var training = _plan.Head is ClassicalHeadPlan ? null : NewHead(_plan, data, planned, encoder, run, progress);
        using var network = training?.Network;
        var trained = training is null
            ? ClassicalTraining.Fit(_plan, data, embeddings.At(encoder.Cut, null, cancellation), run, progress, cancellation)
            : Train(training, data, embeddings, run, cancellation);
        // Bundle. Captions can be checked against the published network's own classes; a network trained further no longer fits those.
        using var published = _plan.Head is CaptionHeadPlan { Decoding.CheckLabels: true } && !_plan.TrainsBackbone
            ? planned.WithClasses(encoder) : null;
        var manifest = new TrainedBundle(_plan, planned.Weights, planned.Sha256, planned.Preprocessing)
        {
            Name = options.Name ?? Path.GetFileName(run.Path),
            Data = data.Description,
            Head = trained.Head,
            Scores = trained.Scores,
            Published = published,
        }.Write(run.Bundle, network?.Backbone?.Weights ?? encoder.Weights, encoder.Cut, options.IncludeEncoder);
        return new TrainingRunResult(run.Bundle, manifest, trained.State, skipped, clock.Elapsed)
        {
            Report = File.Exists(run.Report) ? run.Report : null,
        };
    }

    /// <summary>What the plan's phases train, with its first weights; the caller disposes its network.</summary>
    /// <exception cref="CaptionTLException">There is nothing to learn from.</exception>
    internal static ITraining NewHead(TransferPlan plan, TrainingData data, PlannedBackbone planned, CnnEncoder encoder, RunFolder run,
        IProgress<RunProgress>? progress) => plan.Head switch
    {
        CaptionHeadPlan head => CaptionTraining.Create(plan, head, data, planned, encoder, run, progress),
        DenseHeadPlan head => ClassTraining.Create(plan, head, data, planned, encoder),
        _ => throw new CaptionTLException("A conventional model is fitted in one go and has no phases."),
    };

    private TrainedHead Train(ITraining training, TrainingData data, CutEmbeddings embeddings, RunFolder run,
        CancellationToken cancellation)
    {
        var report = progress is null ? null : new ImmediateProgress<TrainingProgress>(p => progress.Report(p.ToRunProgress()));
        var state = new Trainer(_plan, training, embeddings, run).Train(report, cancellation);
        return training.Finish(run, data.Dataset.Name, state, cancellation);
    }

    private RunFolder OpenFolder()
    {
        var plan = JsonSerializer.Serialize(_plan, Json.Indented);
        AtomicFile.RemoveLeftovers(options.Out); // a start may have been killed before its plan was in place
        var exists = Directory.Exists(options.Out) && Directory.EnumerateFileSystemEntries(options.Out).Any();
        var before = Path.Combine(options.Out, RunFolder.PlanFile);
        if (exists && !File.Exists(before) && !options.Overwrite)
            throw new CaptionTLException($"{options.Out} is not empty and holds no run. Choose another folder with --out.");
        if (exists && File.Exists(before))
        {
            if (options.Overwrite) RunFolder.Clear(options.Out);
            else if (File.ReadAllText(before) != plan)
                throw new CaptionTLException($"{options.Out} holds a run of another plan (see {before}). Choose another folder with "
                    + "--out, or start again there with --overwrite.");
        }
        AtomicFile.WriteAllText(before, plan); // first of all: it says that the folder holds a run
        return new RunFolder(options.Out);
    }
}

/// <summary>A plan, and what it is carried out on.</summary>
public sealed record TrainingRunOptions
{
    public required TransferPlan Plan { get; init; }

    /// <summary>Folder, archive or file of a data set with captions or classes, whichever the head learns.</summary>
    public required string Data { get; init; }

    /// <summary>The run folder. An unfinished run of the same plan in it is resumed.</summary>
    public required string Out { get; init; }

    /// <summary>Name of the model; the run folder's when null.</summary>
    public string? Name { get; init; }

    /// <summary>Where embeddings are kept between runs.</summary>
    public string CacheFolder { get; init; } = AppFolders.Embeddings;

    /// <summary>Start again where the folder holds a run already.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Put the encoder's weights, fp16, into the bundle; otherwise it names them.</summary>
    public bool IncludeEncoder { get; init; } = true;

    public Precision Precision { get; init; } = Precision.Auto;
}

/// <summary>What a run has made.</summary>
/// <param name="Bundle">Path of the model bundle.</param>
/// <param name="Manifest">The bundle's, with the scores.</param>
/// <param name="State">Where training ended.</param>
/// <param name="Skipped">Number of images that could not be read.</param>
/// <param name="Elapsed">Time of this start alone.</param>
public sealed record TrainingRunResult(string Bundle, BundleManifest Manifest, TrainingState State, int Skipped, TimeSpan Elapsed)
{
    /// <summary>Path of a page with scores and images; null where the task has none.</summary>
    public string? Report { get; init; }
}
