using System.Text.Json;

namespace CaptionTL.Service.Contracts;

/// <summary>Lines of a run's metrics.jsonl: objects with kind ("step" or "epoch"), phase, phaseIndex, epoch, step, seconds, time, and numbers by name (loss, learningRate, scores).</summary>
/// <param name="Lines">In order.</param>
/// <param name="Next">To be passed as "after" for the lines that come next; where it is less than before, the run was taken up again from a checkpoint.</param>
public sealed record RunMetrics(IReadOnlyList<JsonElement> Lines, int Next);
