using System.Runtime.InteropServices;
using CaptionTL.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>One step's input: B captions, N = B pictures, padded to T words.</summary>
public sealed class TrainingBatch : IDisposable
{
    private TrainingBatch(Tensor embeddings, Tensor words, Tensor positions, Tensor targets) =>
        (Embeddings, Words, Positions, Targets) = (embeddings, words, positions, targets);

    /// <summary>(B, P, C), fp16.</summary>
    public Tensor Embeddings { get; }

    /// <summary>The word before each word, (B, T): beginning, words, padding.</summary>
    public Tensor Words { get; }

    /// <summary>Where (B · T) is no padding, (M).</summary>
    public Tensor Positions { get; }

    /// <summary>The words at those positions, the end included, (M).</summary>
    public Tensor Targets { get; }

    /// <param name="captions">The batch's captions.</param>
    /// <param name="views">Which view of its picture each caption sees.</param>
    /// <param name="pictures">The training pictures' embeddings.</param>
    /// <param name="tokens">Of the vocabulary.</param>
    /// <param name="wordDropout">Share of the words fed in that become "unknown".</param>
    /// <param name="random">For word dropout.</param>
    public static TrainingBatch Create(
        IReadOnlyList<TrainingCaption> captions, IReadOnlyList<int> views, IPictureEmbeddings pictures, SpecialTokens tokens, double wordDropout, Random random)
    {
        var (rows, steps, row) = (captions.Count, captions.Max(c => c.Words.Length) + 1, pictures.Cells * pictures.Channels);
        var embeddings = empty(rows, pictures.Cells, pictures.Channels, dtype: ScalarType.Float16).DetachFromDisposeScope();
        var halves = MemoryMarshal.Cast<byte, Half>(embeddings.bytes);
        var words = new long[rows * steps];
        var positions = new List<long>(rows * steps);
        var targets = new List<long>(rows * steps);
        Array.Fill(words, tokens.Padding);
        for (var i = 0; i < rows; i++)
        {
            pictures.CopyTo(captions[i].Picture, views[i], halves.Slice(i * row, row));
            var caption = captions[i].Words;
            for (var t = 0; t <= caption.Length; t++)
            {
                words[i * steps + t] = t == 0 ? tokens.Begin : random.NextDouble() < wordDropout ? tokens.Unknown : caption[t - 1];
                positions.Add(i * steps + t);
                targets.Add(t < caption.Length ? caption[t] : tokens.End);
            }
        }
        return new TrainingBatch(
            embeddings,
            tensor(words, [rows, steps]).DetachFromDisposeScope(),
            tensor(positions.ToArray()).DetachFromDisposeScope(),
            tensor(targets.ToArray()).DetachFromDisposeScope());
    }

    public void Dispose()
    {
        Embeddings.Dispose();
        Words.Dispose();
        Positions.Dispose();
        Targets.Dispose();
    }
}
