using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>The words of one step: B captions of N images, B / N an image and side by side, padded to T words.</summary>
public sealed class CaptionBatch : IDisposable
{
    private CaptionBatch(Tensor words, Tensor positions, Tensor targets) => (Words, Positions, Targets) = (words, positions, targets);

    /// <summary>
    /// The word before each word, (B, T): beginning, words, padding. An image with fewer captions than others has rows of padding.
    /// </summary>
    public Tensor Words { get; }

    /// <summary>Where (B · T) is no padding, (M).</summary>
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

    /// <summary>Some of <see cref="Positions"/> with a word after them, each at a probability of <paramref name="share"/>.</summary>
    public long[] Draw(double share, Random random)
    {
        var targets = Targets.data<long>().ToArray();
        return [.. Positions.data<long>().ToArray().Where((_, i) => targets[i] != Vocabulary.Eos && random.NextDouble() < share)];
    }

    /// <summary>Feeds words after some positions in the place of the true ones; an end is not fed.</summary>
    /// <param name="positions">From <see cref="Draw"/>.</param>
    /// <param name="said">Word of each.</param>
    public void Feed(IReadOnlyList<long> positions, IReadOnlyList<long> said)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var fed = positions.Zip(said).Where(p => p.Second != Vocabulary.Eos).ToList();
        Words.view(-1).index_copy_(0, tensor(fed.Select(p => p.First + 1).ToArray()), tensor(fed.Select(p => p.Second).ToArray()));
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[Words, Positions, Targets]) tensor.Dispose();
    }
}

/// <summary>A training image with captions that are learned together, so that its embedding is projected once for all of them.</summary>
/// <param name="Image">Which image, counted over the training images.</param>
/// <param name="Captions">At least one; indices into the vocabulary, without beginning and end.</param>
public sealed record TrainingImage(int Image, IReadOnlyList<int[]> Captions)
{
    /// <summary>Words of the longest caption.</summary>
    public int Longest { get; } = Captions.Max(c => c.Length);

    /// <summary>The image with at most <paramref name="each"/> of its captions at a time.</summary>
    public IEnumerable<TrainingImage> Portions(int each) =>
        Captions.Chunk(each).Select(together => new TrainingImage(Image, together));
}

/// <summary>
/// The batches of an epoch: images whose longest captions are about as long go together, so that little is computed on padding,
/// in an order that depends on seed and epoch alone.
/// </summary>
public static class EpochOrder
{
    // Batches whose images are sorted among themselves: enough for equal lengths, few enough to stay random.
    private const int Window = 20;

    /// <summary>Indices of images, batch by batch.</summary>
    /// <param name="images">With their captions.</param>
    /// <param name="captionsEach">About as many captions go into a batch.</param>
    /// <param name="seed">Of the run.</param>
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
