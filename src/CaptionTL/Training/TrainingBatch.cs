using System.Runtime.InteropServices;
using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// One step's input: N pictures, B captions, B / N a picture and side by side, their words packed into R rows: the first words of all
/// captions, longest caption first, then the second words, and so on.
/// </summary>
public sealed class TrainingBatch : IDisposable
{
    private TrainingBatch(Tensor embeddings, Tensor words, Tensor targets, Tensor captions, int each, IReadOnlyList<int> going) =>
        (Embeddings, Words, Targets, Captions, CaptionsEach, Going) = (embeddings, words, targets, captions, each, going);

    /// <summary>(N, P, C), fp16.</summary>
    public Tensor Embeddings { get; }

    /// <summary>The words before, (R).</summary>
    public Tensor Words { get; }

    /// <summary>The words to be learned, the end included, (R).</summary>
    public Tensor Targets { get; }

    /// <summary>Which caption, 0 to B − 1, each row belongs to, (R); caption / <see cref="CaptionsEach"/> is its picture.</summary>
    public Tensor Captions { get; }

    /// <summary>B / N. A picture with fewer captions than others has empty ones, which take no rows.</summary>
    public int CaptionsEach { get; }

    /// <summary>Captions that have a word at each step, never rising; their sum is R.</summary>
    public IReadOnlyList<int> Going { get; }

    /// <param name="batch">Pictures with their captions.</param>
    /// <param name="views">Which view of each picture is shown.</param>
    /// <param name="pictures">The training pictures' embeddings.</param>
    /// <param name="wordDropout">Share of the words fed in that become "unknown".</param>
    /// <param name="random">For word dropout.</param>
    public static TrainingBatch Create(
        IReadOnlyList<TrainingPicture> batch, IReadOnlyList<int> views, IPictureEmbeddings pictures, double wordDropout, Random random)
    {
        var (each, row) = (batch.Max(p => p.Captions.Count), pictures.Cells * pictures.Channels);
        var embeddings = empty(batch.Count, pictures.Cells, pictures.Channels, dtype: ScalarType.Float16).DetachFromDisposeScope();
        var halves = MemoryMarshal.Cast<byte, Half>(embeddings.bytes);
        for (var i = 0; i < batch.Count; i++) pictures.CopyTo(batch[i].Picture, views[i], halves.Slice(i * row, row));
        var longestFirst = batch.SelectMany((picture, i) => picture.Captions.Select((words, c) => (Caption: i * each + c, Words: words)))
            .OrderByDescending(c => c.Words.Length).ToList();
        var (words, targets, captions, going) = (new List<long>(), new List<long>(), new List<long>(), new List<int>());
        for (var t = 0; t <= longestFirst[0].Words.Length; t++)
        {
            var still = longestFirst.TakeWhile(c => c.Words.Length >= t).ToList();
            going.Add(still.Count);
            foreach (var (caption, text) in still)
            {
                words.Add(t == 0 ? Vocabulary.Bos : random.NextDouble() < wordDropout ? Vocabulary.Unk : text[t - 1]);
                targets.Add(t < text.Length ? text[t] : Vocabulary.Eos);
                captions.Add(caption);
            }
        }
        return new TrainingBatch(embeddings, Indices(words), Indices(targets), Indices(captions), each, going);
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[Embeddings, Words, Targets, Captions]) tensor.Dispose();
    }

    private static Tensor Indices(List<long> values) => tensor(values.ToArray()).DetachFromDisposeScope();
}
