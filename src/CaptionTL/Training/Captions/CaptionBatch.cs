using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training.Captions;

/// <summary>The words of one step: B captions of N pictures, B / N a picture and side by side, padded to T words.</summary>
public sealed class CaptionBatch : IDisposable
{
    private CaptionBatch(Tensor words, Tensor positions, Tensor targets) => (Words, Positions, Targets) = (words, positions, targets);

    /// <summary>The word before each word, (B, T): beginning, words, padding. A picture with fewer captions than others has rows of padding.</summary>
    public Tensor Words { get; }

    /// <summary>Where (B · T) is no padding, (M).</summary>
    public Tensor Positions { get; }

    /// <summary>The words at those positions, the end included, (M).</summary>
    public Tensor Targets { get; }

    /// <param name="batch">Pictures with their captions.</param>
    /// <param name="wordDropout">Share of the words fed in that become "unknown".</param>
    /// <param name="random">For word dropout.</param>
    public static CaptionBatch Create(IReadOnlyList<TrainingPicture> batch, double wordDropout, Random random)
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
