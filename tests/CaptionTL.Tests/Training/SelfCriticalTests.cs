using CaptionTL.Captions;
using CaptionTL.Tests.Child;
using CaptionTL.Text;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Training;

[Collection(nameof(TorchCollection))]
public sealed class SelfCriticalTests
{
    private readonly ToyCaptions _toy = new();

    [Fact]
    public void Advantages_TwoImages_AreTheDistanceFromTheOthersMean() =>
        SelfCritical.Advantages([1, 2, 6, 0, 0, 3], each: 3).ShouldBe([-3, -1.5, 4.5, -1.5, -1.5, 3]);

    [Fact]
    public void Backpropagate_TwoCaptions_IsTheWeightedLogProbabilityOfTheirWords()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var features = Features(1);
        SampledCaption[] drawn = [new([5, 6], Ended: true), new([7], Ended: false)];
        // Five positions at most: two words and the end, a word, and an end that was not drawn and counts as nothing.
        var expected = -(2.0 * LogProbability(decoder, features, drawn[0], temperature: 0.7) - 1.5 * LogProbability(decoder, features,
            drawn[1], temperature: 0.7)) / 5;
        SelfCritical.Backpropagate(decoder, features, drawn, [2, -1.5], temperature: 0.7, wordDropout: 0, new Random(1)).Loss.ShouldBe(
            (float)expected, 1e-5f);
    }

    [Fact]
    public void Backpropagate_Step_RaisesWhatIsAboveAverageAndLowersWhatIsBelow()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var features = Features(2);
        // Captions 0 and 1 are of the first image, 2 and 3 of the second.
        SampledCaption[] drawn = [new([5, 6, 7], true), new([8, 9], true), new([10, 11], true), new([12, 5, 6, 8], true)];
        var rewards = new[] { 0.2, 1.4, 0.9, 0.1 };
        double[] Of() => [.. drawn.Select((d, i) => LogProbability(decoder, features.narrow(0, i / 2, 1), d, 1))];

        var before = Of();
        using var optimizer = optim.SGD(decoder.parameters(), learningRate: 0.05);
        SelfCritical.Backpropagate(decoder, features, drawn, SelfCritical.Advantages(rewards, 2), temperature: 1, wordDropout: 0,
            new Random(1));
        optimizer.step();
        var after = Of();

        after.Zip(before, (a, b) => Math.Sign(a - b)).ShouldBe([-1, 1, 1, -1]);
    }

    [Fact]
    public void Backpropagate_EqualRewards_ChangeNothing()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        SampledCaption[] drawn = [new([5, 6], true), new([7], true)];
        SelfCritical.Backpropagate(decoder, Features(1), drawn, SelfCritical.Advantages([0.4, 0.4], 2), temperature: 1, wordDropout: 0,
            new Random(1)).Loss.ShouldBe(0);
        decoder.parameters().Where(p => p.grad is not null).ShouldAllBe(p => p.grad!.abs().max().item<float>() == 0);
    }

    [Fact]
    public void Batches_ImagesWithManyCaptions_ComeOnceAnEpoch()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var plan = ToyCaptions.SelfCriticalPlan(epochs: 1);
        var training = _toy.Training(plan with { Seed = 3 }, decoder);
        using var network = training.Network;
        var phase = plan.Phases[1] with { Objective = new SelfCriticalObjective { Samples = 4 }, BatchSize = 14 };
        training.Begin(phase, new SplitEmbeddings(_toy, _toy));
        training.Batches(phase, 0).SelectMany(b => b).Order().ShouldBe(Enumerable.Range(0, _toy.Images));
        training.Batches(phase, 0)[0].Length.ShouldBe(3);
        training.Batches(phase, 1).SelectMany(b => b).ShouldNotBe(training.Batches(phase, 0).SelectMany(b => b));
    }

    [Fact]
    public void Draw_ManyCaptions_FollowTheDecodersProbabilities()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        decoder.eval();
        var features = Features(1);
        manual_seed(5);
        const int Count = 6000;
        var drawn = CaptionSampler.Draw(decoder, features, Count, temperature: 0.5, maximumWords: 4);

        var probabilities = Probabilities(decoder, features, [], temperature: 0.5);
        for (var word = 0; word < probabilities.Length; word++)
        {
            var share = drawn.Count(d => d.Words.Length == 0 ? word == Vocabulary.Eos : d.Words[0] == word) / (double)Count;
            // Five standard errors.
            share.ShouldBe(probabilities[word], 5 * Math.Sqrt(probabilities[word] * (1 - probabilities[word]) / Count) + 1e-9);
        }
        drawn.SelectMany(d => d.Words).ShouldAllBe(w => w > Vocabulary.Unk);
        drawn.ShouldAllBe(d => d.Words.Length == 4 || (d.Ended && d.Words.Length < 4));
        drawn.Any(d => !d.Ended).ShouldBeTrue();
    }

    [Fact]
    public void Draw_SameGeneratorState_GivesTheSameCaptions()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        decoder.eval();
        string Draw(long seed)
        {
            manual_seed(seed);
            return string.Join('|', CaptionSampler.Draw(decoder, Features(3), 4, temperature: 1, maximumWords: 8)
                .Select(d => string.Join(' ', d.Words)));
        }
        Draw(1).ShouldBe(Draw(1));
        Draw(2).ShouldNotBe(Draw(1));
    }

    // Without dropout, so that what is computed twice is equal.
    private CaptionDecoder Decoder()
    {
        var plan = ToyCaptions.Plan(epochs: 1);
        return _toy.Decoder(plan with { Head = (CaptionHeadPlan)plan.Head with { CellDropout = 0, MemoryDropout = 0, EmbeddingDropout = 0,
            OutputDropout = 0 } });
    }

    private Tensor Features(int images) => EmbeddingBatch.Gather(_toy, [.. Enumerable.Range(0, images).Select(i => (i * 7, 0))]);

    // Of the words and, where it was drawn, the end; one step of the decoder after the other.
    private static double LogProbability(CaptionDecoder decoder, Tensor features, SampledCaption caption, double temperature)
    {
        var words = caption.Ended ? [.. caption.Words, Vocabulary.Eos] : caption.Words;
        return words.Select((w, t) => Math.Log(Probabilities(decoder, features, words[..t], temperature)[w])).Sum();
    }

    private static double[] Probabilities(CaptionDecoder decoder, Tensor features, int[] before, double temperature)
    {
        using var _ = no_grad();
        using var scores =
            decoder.forward(features, tensor([.. before.Select(w => (long)w).Prepend(Vocabulary.Bos)], [1, before.Length + 1]));
        var last = scores[0][before.Length].data<float>().ToArray();
        var weights = last.Select((s, w) => w is Vocabulary.Pad or Vocabulary.Bos or Vocabulary.Unk ? 0
            : Math.Exp(s / temperature)).ToArray();
        return [.. weights.Select(w => w / weights.Sum())];
    }
}
