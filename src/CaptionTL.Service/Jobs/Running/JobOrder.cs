using CaptionTL.IO;
using CaptionTL.Runtime;
using CaptionTL.Service.Contracts;
using CaptionTL.Training.Plans;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>job.json: what a job's process is to do, all of it.</summary>
internal sealed record JobOrder
{
    public const string FileName = "job.json";

    public required long Id { get; init; }

    public required JobKind Kind { get; init; }

    /// <summary>Of the data set.</summary>
    public required string DataPath { get; init; }

    /// <summary>Where embeddings are kept.</summary>
    public required string Embeddings { get; init; }

    /// <summary>Where networks are computed.</summary>
    public required string Device { get; init; }

    public required Precision Precision { get; init; }

    /// <summary>Until when the work is ours; the parent prolongs it.</summary>
    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>Name of the model to be made, or of the one that is asked.</summary>
    public required string Name { get; init; }

    /// <summary>train, embed.</summary>
    public TransferPlan? Plan { get; init; }

    /// <summary>race.</summary>
    public IReadOnlyList<NamedPlan>? Plans { get; init; }

    /// <summary>race: for all of it.</summary>
    public double Minutes { get; init; }

    /// <summary>race: with smaller shares of the training images, too.</summary>
    public bool LearningCurve { get; init; }

    /// <summary>evaluate, caption: bundle of the model.</summary>
    public string? Bundle { get; init; }

    /// <summary>evaluate: split.json of the run that made the model, where it learned from the same data set.</summary>
    public string? SplitFile { get; init; }

    /// <summary>evaluate: which images.</summary>
    public string? Split { get; init; }

    public int? Beam { get; init; }

    public int? Best { get; init; }

    public void Save(string folder) =>
        AtomicFile.WriteAllText(Path.Combine(folder, FileName), System.Text.Json.JsonSerializer.Serialize(this, Json.Indented));

    public static JobOrder Load(string folder) =>
        System.Text.Json.JsonSerializer.Deserialize<JobOrder>(File.ReadAllText(Path.Combine(folder, FileName)), Json.Indented)!;
}

/// <summary>result.json: what a job's process has made.</summary>
/// <param name="Result">For people.</param>
/// <param name="Bundle">The model to be registered, relative to the job's folder.</param>
internal sealed record JobOutcome(JobResult Result, string? Bundle = null)
{
    private const string FileName = "result.json";

    public void Save(string folder) =>
        AtomicFile.WriteAllText(Path.Combine(folder, FileName), System.Text.Json.JsonSerializer.Serialize(this, Json.Indented));

    public static JobOutcome Load(string folder) =>
        System.Text.Json.JsonSerializer.Deserialize<JobOutcome>(File.ReadAllText(Path.Combine(folder, FileName)), Json.Indented)!;
}

/// <summary>A plan of a race.</summary>
internal sealed record NamedPlan(string Name, TransferPlan Plan);
