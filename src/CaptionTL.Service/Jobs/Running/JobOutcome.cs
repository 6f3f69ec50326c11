using CaptionTL.IO;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>result.json: what a job's process has made.</summary>
/// <param name="Result">For people.</param>
/// <param name="Bundle">The model to be registered, relative to the job's folder.</param>
internal sealed record JobOutcome(JobResult Result, string? Bundle = null)
{
    private const string FileName = "result.json";

    public void Save(string folder) => AtomicFile.WriteAllText(Path.Combine(folder, FileName), System.Text.Json.JsonSerializer.Serialize(this, Json.Indented));

    public static JobOutcome Load(string folder) => System.Text.Json.JsonSerializer.Deserialize<JobOutcome>(File.ReadAllText(Path.Combine(folder, FileName)), Json.Indented)!;
}
