using CaptionTL.Backbones;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Compares new pictures with known ones, by the cosine of averaged embeddings. With a plan's pretrained network up to the layer that its
/// head reads (<see cref="PlannedBackbone"/>), a run has left the embeddings of the pictures it learned from in the cache. One caller at a time.
/// </summary>
public sealed class PictureNeighbours : IDisposable
{
    private readonly CnnEncoder _encoder;
    private readonly IReadOnlyList<int> _positions;
    private readonly Tensor _vectors; // (N, C), each of Euclidean length 1

    private PictureNeighbours(CnnEncoder encoder, IReadOnlyList<int> positions, Tensor vectors)
    {
        (_encoder, _positions, _vectors) = (encoder, positions, vectors);
        Preprocessor = new Preprocessor(encoder.Preprocessing);
    }

    /// <summary>Makes what <see cref="Rank"/> takes.</summary>
    public Preprocessor Preprocessor { get; }

    /// <summary>Pictures that new ones are compared with.</summary>
    public int Count => _positions.Count;

    /// <param name="encoder">What compares; disposed with the result, or where there is none.</param>
    /// <param name="pictures">To be compared with; what cannot be read is left out.</param>
    /// <param name="cache">Of embeddings; what is missing there is computed and kept.</param>
    /// <param name="cancellation">Ends the work; what was embedded stays in the cache.</param>
    /// <exception cref="CaptionTLException">No picture can be read.</exception>
    public static PictureNeighbours Open(CnnEncoder encoder, IReadOnlyList<EmbeddingItem> pictures, EmbeddingCache cache, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        try
        {
            using var embedded = new PictureEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing)).Embed(pictures, views: 1, "embedding", cancellation: cancellation);
            return new PictureNeighbours(encoder, embedded.Kept, PictureVectors.Of(embedded.Embeddings, cancellation));
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>Every picture by its position in the list it was opened with, and its cosine similarity (-1 to 1); the most similar first.</summary>
    /// <param name="picture">Of the network's size.</param>
    public IReadOnlyList<(int Picture, double Similarity)> Rank(RgbImage picture)
    {
        using var scope = NewDisposeScope();
        var similarities = _vectors.matmul(PictureVectors.Of(_encoder.Encode([picture])).t()).data<float>().ToArray(); // (N, 1)
        return [.. similarities.Select((similarity, i) => (_positions[i], (double)similarity)).OrderByDescending(p => p.Item2)];
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _vectors.Dispose();
    }
}
