namespace CaptionTL.Training.Quotes;

/// <summary>What a run will cost on this machine, from counts and from times measured on a few pictures and steps.</summary>
/// <param name="TrainPictures">Of the split.</param>
/// <param name="DevPictures">Of the split.</param>
/// <param name="Views">Of every training picture.</param>
/// <param name="Embeddings">One for every cut that the plan needs.</param>
/// <param name="Phases">In order; none where the head is fitted in one go, which takes from seconds to a minute and is not measured.</param>
/// <param name="RunBytes">Checkpoints and bundle, on the disk of the run folder.</param>
/// <param name="MemoryBytes">
/// The most that the run will hold at a time: the most that measuring took, and a conventional model's features. Embeddings are mapped from
/// the cache and take what memory is free.
/// </param>
public sealed record CostQuote(
    int TrainPictures, int DevPictures, int Views, IReadOnlyList<EmbeddingCost> Embeddings, IReadOnlyList<PhaseCost> Phases, long RunBytes, long MemoryBytes)
{
    public double EmbeddingSeconds => Embeddings.Sum(e => e.Seconds);

    public double TrainingSeconds => Phases.Sum(p => p.Seconds);

    public double Seconds => EmbeddingSeconds + TrainingSeconds;

    /// <summary>That the embedding cache grows by.</summary>
    public long CacheBytes => Embeddings.Sum(e => e.Bytes);
}
