using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>The words of one step: B captions of N images, those of an image (B / N) side by side, padded to T words.</summary>
public sealed class CaptionBatch : IDisposable
{
    private CaptionBatch(Tensor words, Tensor positions, Tensor targets) => (Words, Positions, Targets) = (words, positions, targets);

    /// <summary>
    /// The word before each word, (B, T): beginning, words, padding. An image with fewer captions than others has rows of padding.
    /// </summary>
    public Tensor Words { get; }

    /// <summary>Positions in (B · T) that are not padding, (M).</summary>
    public Tensor Positions { get; }

    /// <summary>The words at those positions, the end included, (M).</summary>
    public Tensor Targets { get; }

    /// <param name="batch">Images with their captions.</param>
    /// <param name="wordDropout">Share of the words fed in that become "unknown".</param>
    /// <param name="random">For word dropout.</param>
    public static CaptionBatch Create(IReadOnlyList<TrainingImage> batch, double wordDropout, Random random)
    {
        var (each, steps) = (batch.Max(p => p.Captions.Count), batch.Max(p => p.Longest) + 1);
        var words = new long[batch.Count * each * steps];
        Array.Fill(words, Vocabulary.Pad);
        var (positions, targets) = (new List<long>(words.Length), new List<long>(words.Length));
        for (var i = 0; i < batch.Count; i++)
        {
            for (var c = 0; c < batch[i].Captions.Count; c++)
            {
                var (caption, start) = (batch[i].Captions[c], (i * each + c) * steps);
                for (var t = 0; t <= caption.Length; t++)
                {
                    words[start + t] = t == 0 ? Vocabulary.Bos : random.NextDouble() < wordDropout ? Vocabulary.Unk : caption[t - 1];
                    positions.Add(start + t);
                    targets.Add(t < caption.Length ? caption[t] : Vocabulary.Eos);
                }
            }
        }
        return new CaptionBatch(
            tensor(words, [batch.Count * each, steps]).DetachFromDisposeScope(),
            tensor(positions.ToArray()).DetachFromDisposeScope(),
            tensor(targets.ToArray()).DetachFromDisposeScope());
    }

    /// <summary>Draws <see cref="Positions"/> that are followed by a word, each with probability <paramref name="share"/>.</summary>
    public long[] Draw(double share, Random random)
    {
        var targets = Targets.data<long>().ToArray();
        return [.. Positions.data<long>().ToArray().Where((_, i) => targets[i] != Vocabulary.Eos && random.NextDouble() < share)];
    }

    /// <summary>Replaces the words fed in after some positions; where the new word is the end, the true word stays.</summary>
    /// <param name="positions">From <see cref="Draw"/>.</param>
    /// <param name="chosen">The new word after each of them.</param>
    public void Feed(IReadOnlyList<long> positions, IReadOnlyList<long> chosen)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var fed = positions.Zip(chosen).Where(p => p.Second != Vocabulary.Eos).ToList();
        Words.view(-1).index_copy_(0, tensor(fed.Select(p => p.First + 1).ToArray()), tensor(fed.Select(p => p.Second).ToArray()));
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[Words, Positions, Targets]) tensor.Dispose();
    }
}

/// <summary>A training image with captions that are learned together, so that its embedding is projected only once.</summary>
/// <param name="Image">Index among the training images.</param>
/// <param name="Captions">At least one; indices into the vocabulary, without beginning and end.</param>
public sealed record TrainingImage(int Image, IReadOnlyList<int[]> Captions)
{
    /// <summary>Words of the longest caption.</summary>
    public int Longest { get; } = Captions.Max(c => c.Length);

    /// <summary>The image with its captions in portions of at most <paramref name="each"/>.</summary>
    public IEnumerable<TrainingImage> Portions(int each) =>
        Captions.Chunk(each).Select(together => new TrainingImage(Image, together));
}

/// <summary>
/// The batches of an epoch: images whose longest captions are about as long go together, so that little is computed on padding,
/// in an order that depends on seed and epoch alone.
/// </summary>
public static class EpochOrder
{
    // Images are sorted by length within so many batches: enough for equal lengths, few enough for a random order.
    private const int Window = 20;

    /// <summary>Indices into the images, batch by batch.</summary>
    /// <param name="images">With their captions.</param>
    /// <param name="captionsEach">Approximate number of captions in a batch.</param>
    /// <param name="seed">The run's.</param>
    /// <param name="epoch">From 0.</param>
    public static IReadOnlyList<int[]> Batches(IReadOnlyList<TrainingImage> images, int captionsEach, long seed, int epoch)
    {
        var random = new Random(unchecked((int)(seed * 1_000_003 + epoch * 7_919 + 17)));
        var together = images.Max(p => p.Captions.Count);
        var each = Math.Max(1, captionsEach / together);
        var order = Enumerable.Range(0, images.Count).ToArray();
        random.Shuffle(order);
        var batches = order.Chunk(each * Window)
            .SelectMany(window => window.OrderBy(i => images[i].Captions.Count).ThenBy(i => images[i].Longest).Chunk(each))
            .ToArray();
        random.Shuffle(batches);
        return batches;
    }
}
