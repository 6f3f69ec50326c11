using CaptionTL.Embeddings;

namespace CaptionTL.Training.Quotes;

/// <summary>What the embeddings of one cut will cost.</summary>
/// <param name="Cut">The block whose output is kept.</param>
/// <param name="Embeddings">That the run reads: every training picture in every view, every dev picture once.</param>
/// <param name="Missing">Of these not in the cache yet; at most so many where equal pictures were not read yet.</param>
/// <param name="Cells">Of the grid.</param>
/// <param name="Channels">Of a cell.</param>
/// <param name="SecondsEach">Measured on a few pictures; 0 where nothing is missing.</param>
public sealed record EmbeddingCost(string Cut, long Embeddings, long Missing, int Cells, int Channels, double SecondsEach)
{
    public double Seconds => Missing * SecondsEach;

    /// <summary>That the cache grows by.</summary>
    public long Bytes => EmbeddingCache.EstimateBytes(Missing, Cells, Channels);
}
