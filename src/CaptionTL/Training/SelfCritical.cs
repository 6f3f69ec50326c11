using CaptionTL.Captions;
using CaptionTL.Text;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Several captions are drawn for each image in inference mode; one teacher-forced pass with dropout then gives their log-probabilities,
/// each weighted by how much better its reward is than the mean of the image's other captions (<see cref="SelfCriticalObjective"/>).
/// </summary>
internal static class SelfCritical
{
    /// <summary>Training images, batch by batch; every image with captions occurs once.</summary>
    public static IReadOnlyList<int[]> Batches(IReadOnlyList<TrainingImage> captions, int batchSize, long seed, int epoch)
    {
        int[] images = [.. captions.Select(c => c.Image).Distinct()];
        return [.. BatchOrder.Shuffled(images.Length, (ulong)seed, epoch).Select(i => images[i]).Chunk(batchSize)];
    }

    /// <param name="network">Its head is the decoder, in training mode.</param>
    /// <param name="images">Embeddings of the training images.</param>
    /// <param name="reward">What is maximised.</param>
    /// <param name="objective">How many captions are drawn, and how.</param>
    /// <param name="phase">For word dropout.</param>
    /// <param name="batch">Training images.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="random">For word dropout.</param>
    public static StepResult Backpropagate(TransferNetwork network, IImageEmbeddings images, CaptionReward reward,
        SelfCriticalObjective objective, TrainingPhase phase, int[] batch, int epoch, Random random)
    {
        using var scope = NewDisposeScope();
        var decoder = (CaptionDecoder)network.Head;
        var features = network.Features(EmbeddingBatch.Gather(images, epoch, [.. batch.Select(i => (i, i))]));
        decoder.eval();
        var drawn = CaptionSampler.Draw(decoder, features.detach(), objective.Samples, objective.Temperature, objective.MaximumWords);
        decoder.train();
        var rewards = new double[drawn.Count];
        Parallel.For(0, rewards.Length, i => rewards[i] = reward.Of(batch[i / objective.Samples], drawn[i].Words, drawn[i].Ended));
        var step = Backpropagate(decoder, features, drawn, Advantages(rewards, objective.Samples), objective.Temperature,
            phase.WordDropout, random);
        return step with { Measures = new Dictionary<string, double> { ["reward"] = rewards.Average() } };
    }

    /// <summary>What each caption's reward is above the mean of the other captions of its image; they sum to 0 over an image.</summary>
    /// <param name="rewards">Image by image.</param>
    /// <param name="each">Captions an image, at least 2.</param>
    public static double[] Advantages(IReadOnlyList<double> rewards, int each) =>
        [.. rewards.Chunk(each).SelectMany(image => image.Select(r => r - (image.Sum() - r) / (each - 1)))];

    /// <summary>Adds the gradients of −Σ advantage · log p(word) / words (Williams, 1992) to the parameters.</summary>
    /// <param name="decoder">In training mode.</param>
    /// <param name="features">What it reads, (N, P, C).</param>
    /// <param name="drawn">Captions, equally many of each of the N images, side by side.</param>
    /// <param name="advantages">One for each caption.</param>
    /// <param name="temperature">The captions were drawn with it.</param>
    /// <param name="wordDropout">Share of the words fed in that become "unknown".</param>
    /// <param name="random">For word dropout.</param>
    public static StepResult Backpropagate(CaptionDecoder decoder, Tensor features, IReadOnlyList<SampledCaption> drawn,
        IReadOnlyList<double> advantages, double temperature, double wordDropout, Random random)
    {
        using var scope = NewDisposeScope();
        var each = drawn.Count / (int)features.shape[0];
        using var batch = CaptionBatch.Create(
            [.. drawn.Chunk(each).Select((own, i) => new TrainingImage(i, [.. own.Select(c => c.Words)]))], wordDropout, random);
        // The end of a caption that was cut off was not drawn, so nothing is learned from it.
        var weights = tensor(drawn.Zip(advantages, (c, advantage) => Enumerable.Repeat((float)advantage, c.Words.Length)
            .Append(c.Ended ? (float)advantage : 0)).SelectMany(w => w).ToArray());
        // Probabilities are those that the captions were drawn with.
        var scores = CaptionSampler.Tempered(TeacherForcing.Scores(decoder, decoder.Memory(features), batch), temperature);
        var loss = (nn.functional.cross_entropy(scores, batch.Targets, reduction: nn.Reduction.None) * weights).mean();
        var value = loss.item<float>();
        if (float.IsFinite(value)) loss.backward();
        return new StepResult(value);
    }
}

/// <summary>
/// What self-critical training maximises: CIDEr-D of a caption against its image's references, n-grams weighted by how many training
/// images have them. The end counts as a word, as in Luo's and Rennie et al.'s programs: without it a caption that breaks off in the
/// middle of a phrase costs nothing, and decoders learn to do so. Document frequencies are counted at the first use.
/// </summary>
/// <param name="references">Captions of each training image, split by <see cref="CaptionTokenizer"/>; an image without any gives no
/// reward.</param>
/// <param name="vocabulary">The decoder's.</param>
public sealed class CaptionReward(IReadOnlyList<IReadOnlyList<string[]>> references, Vocabulary vocabulary)
{
    private readonly Lazy<(CiderScorer Scorer, int[] Place)> _training = new(() => Prepare(references));

    /// <summary>CIDEr-D, 0 to 10.</summary>
    /// <param name="image">Index among the training images.</param>
    /// <param name="words">Indices into the vocabulary, without beginning and end.</param>
    /// <param name="ended">False where the caption was cut off.</param>
    public double Of(int image, IReadOnlyList<int> words, bool ended)
    {
        var (scorer, place) = _training.Value;
        return place[image] < 0 ? 0 : scorer.Score(place[image], WithEnd(vocabulary.Decode(words), ended));
    }

    /// <summary>Mean reward of captions of images that are not training images.</summary>
    /// <param name="captions">With the references of their images.</param>
    public double Mean(IReadOnlyList<EvaluatedCaption> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        var scorer = new CiderScorer(
            [.. captions.Select(c => WithEnds(c.References.Select(CaptionTokenizer.Tokenize)))],
            [.. references.Where(r => r.Count > 0).Select(WithEnds)]);
        return captions.Select((c, i) => scorer.Score(i, WithEnd(CaptionTokenizer.Tokenize(c.Caption), ended: true))).Average();
    }

    private static (CiderScorer, int[]) Prepare(IReadOnlyList<IReadOnlyList<string[]>> references)
    {
        var (place, kept) = (new int[references.Count], new List<IReadOnlyList<IReadOnlyList<string>>>());
        for (var image = 0; image < place.Length; image++)
        {
            place[image] = references[image].Count > 0 ? kept.Count : -1;
            if (references[image].Count > 0) kept.Add(WithEnds(references[image]));
        }
        return (new CiderScorer(kept), place);
    }

    private static IReadOnlyList<IReadOnlyList<string>> WithEnds(IEnumerable<string[]> captions) =>
        [.. captions.Select(c => WithEnd(c, ended: true))];

    private static string[] WithEnd(string[] words, bool ended) => ended ? [.. words, Vocabulary.SpecialTokens[Vocabulary.Eos]] : words;
}
