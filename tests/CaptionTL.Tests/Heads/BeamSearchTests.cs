using CaptionTL.Captions;
using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Heads;

[Collection(nameof(TorchCollection))]
public class BeamSearchTests
{
    private const int Words = 12;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Search_BeamWiderThanTheTree_FindsTheLikeliestOfAllCaptions(bool attention)
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder(attention);
        var embeddings = randn(3, 4, 6);
        var options = new DecodingOptions { Beam = 64, MinLength = 1, MaxLength = 2, NoRepeat = 0, NBest = 5, LengthNormalization = 0 };

        var found = new BeamSearch(decoder, options).Search(embeddings);

        for (var image = 0; image < 3; image++)
        {
            var all = Enumerate(decoder, embeddings.narrow(0, image, 1)).OrderByDescending(c => c.LogP).Take(5).ToList();
            found[image].Select(h => string.Join(' ', h.Words)).ShouldBe(all.Select(c => string.Join(' ', c.Words)));
            for (var i = 0; i < 5; i++) found[image][i].LogProbability.ShouldBe(all[i].LogP, 1e-4);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.9)]
    public void Search_WithInnerWords_EndsBehindNoneOfThem(double? topP)
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(20, 4, 6);
        var options = new DecodingOptions { Beam = 5, NBest = 5, MinLength = 1, MaxLength = 10, TopP = topP };
        var free = Endings(new HashSet<int>());
        var inner = free.Take(2).ToHashSet(); // the usual endings

        inner.Count.ShouldBe(2);
        Endings(inner).Intersect(inner).ShouldBeEmpty();
        Endings(inner).ShouldNotBeEmpty();

        // Last words of captions that end by themselves, the most frequent first.
        List<int> Endings(IReadOnlySet<int> innerWords) =>
            [.. CaptionSearch.Run(decoder, embeddings, options, new CaptionRules(null, innerWords))
                .SelectMany(captions => captions).Where(c => c.Words.Count < options.MaxLength).GroupBy(c => c.Words[^1])
                .OrderByDescending(g => g.Count()).Select(g => g.Key)];
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.9)]
    public void Search_WithACue_BeginsAsToldAndLeavesOutWhatIsBanned(double? topP)
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(2, 4, 6);
        var options = new DecodingOptions { Beam = 5, NBest = 5, MinLength = 4, MaxLength = 8, TopP = topP };
        List<CaptionCue> cues = [new([5, 7], [4, 6, 8], 0.6), new([9], [], 0.5)];

        var found = topP is null ? new BeamSearch(decoder, options) { Cues = cues }.Search(embeddings, true)
            : new NucleusSampler(decoder, options) { Cues = cues }.Sample(embeddings, true);

        found.Count.ShouldBe(2);
        foreach (var caption in found[0])
        {
            caption.Words.Take(2).ShouldBe([5, 7]);
            caption.Words.ShouldAllBe(w => w != 4 && w != 6 && w != 8);
            caption.Words.Count.ShouldBeInRange(4, 8);
            caption.WordLogProbabilities[0].ShouldBe(0);
            caption.WordLogProbabilities[1].ShouldBe((float)Math.Log(0.6), 1e-5);
            caption.Attention!.Count.ShouldBe(caption.Words.Count);
        }
        found[1].ShouldAllBe(c => c.Words[0] == 9);
        if (topP is not null) return;
        found[0].Select(c => string.Join(' ', c.Words)).ShouldBeUnique();
        // What follows is what the decoder makes of that beginning.
        var best = found[1][0];
        for (var k = 1; k < best.Words.Count; k++)
            best.WordLogProbabilities[k].ShouldBe(Next(decoder, embeddings.narrow(0, 1, 1), [.. best.Words.Take(k)])[best.Words[k]], 1e-4);
    }

    [Fact]
    public void Search_OneBeam_IsGreedy()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(50, 4, 6);
        // Counted by the word, some go on behind their likeliest end to a better score.
        var found = new BeamSearch(decoder, new DecodingOptions { Beam = 1, MinLength = 2, MaxLength = 6, NoRepeat = 0,
            LengthNormalization = 2 }).Search(embeddings);
        for (var image = 0; image < 50; image++)
            found[image][0].Words.ShouldBe(Greedy(decoder, embeddings.narrow(0, image, 1), 2, 6));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.9)] // drawn
    public void Search_CancelledAtAWord_EndsThere(double? topP)
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        using var cancellation = new CancellationTokenSource();
        var (embeddings, words) = (randn(1, 4, 6), 0);
        var options = new DecodingOptions { MinLength = 100, MaxLength = 200, NoRepeat = 0, TopP = topP };

        Should.Throw<OperationCanceledException>(() => CaptionSearch.Run(decoder, embeddings, options, leading: (_, _) =>
            { if (++words == 3) cancellation.Cancel(); }, cancellation: cancellation.Token));

        words.ShouldBe(3);
    }

    [Fact]
    public void Search_Batch_GivesWhatEachImageGivesAlone()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(7, 4, 6);
        var search = new BeamSearch(decoder, new DecodingOptions { NBest = 3, MaxLength = 9 });
        var together = search.Search(embeddings);
        for (var image = 0; image < 7; image++)
        {
            var alone = search.Search(embeddings.narrow(0, image, 1))[0];
            together[image].Select(h => string.Join(' ', h.Words)).ShouldBe(alone.Select(h => string.Join(' ', h.Words)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Search_NoRepeat_NoRunOfWordsOccursTwiceAndNoWordFollowsItself(int run)
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var options = new DecodingOptions { MinLength = 7, MaxLength = 8, NoRepeat = run, NBest = 3 };
        foreach (var hypothesis in new BeamSearch(decoder, options).Search(randn(4, 4, 6)).SelectMany(h => h))
        {
            var runs = Enumerable.Range(0, Math.Max(0, hypothesis.Words.Count - run + 1))
                .Select(i => string.Join(' ', hypothesis.Words.Skip(i).Take(run))).ToList();
            runs.Distinct().Count().ShouldBe(runs.Count);
            hypothesis.Words.Zip(hypothesis.Words.Skip(1)).ShouldAllBe(pair => pair.First != pair.Second);
        }
    }

    [Fact]
    public void Search_Lengths_StayWithinTheLimits()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var found = new BeamSearch(decoder, new DecodingOptions { MinLength = 4, MaxLength = 6, NBest = 3 }).Search(randn(5, 4, 6));
        found.SelectMany(h => h).ShouldAllBe(h => h.Words.Count >= 4 && h.Words.Count <= 6);
        found.SelectMany(h => h).SelectMany(h => h.Words).ShouldAllBe(w => w > Vocabulary.Unk);
    }

    [Fact]
    public void Search_WithAttention_EveryWordHasWeightsThatSumToOne()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var best = new BeamSearch(decoder, new DecodingOptions()).Search(randn(2, 4, 6), withAttention: true)[1][0];
        best.Attention!.Count.ShouldBe(best.Words.Count);
        best.Attention.ShouldAllBe(a => a.Length == 4 && Math.Abs(a.Sum() - 1) < 1e-5);
    }

    [Fact]
    public void Search_Afterwards_NoTensorIsLeft()
    {
        using var decoder = Decoder();
        using var embeddings = randn(2, 4, 6);
        var search = new BeamSearch(decoder, new DecodingOptions());
        search.Search(embeddings);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        search.Search(embeddings);
        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void Sample_SameSeed_SameCaptions_WhateverElseIsInTheBatch()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(4, 4, 6);
        var sampler = new NucleusSampler(decoder, new DecodingOptions { TopP = 0.9, NBest = 4, Seed = 3 });
        var together = sampler.Sample(embeddings)[2].Select(h => string.Join(' ', h.Words)).ToList();
        sampler.Sample(embeddings.narrow(0, 2, 1))[0].Select(h => string.Join(' ', h.Words)).ShouldBe(together);
        together.Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Sample_SmallTopP_IsGreedy()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(1, 4, 6);
        new NucleusSampler(decoder, new DecodingOptions { TopP = 1e-9, MinLength = 2, MaxLength = 6 }).Sample(embeddings)[0][0].Words
            .ShouldBe(Greedy(decoder, embeddings, 2, 6));
    }

    internal static CaptionDecoder Decoder(bool attention = true)
    {
        manual_seed(5);
        var decoder = new CaptionDecoder(new CaptionDecoderOptions { Channels = 6, Cells = 4, VocabularySize = Words, Hidden = 16,
            Attention = attention });
        // Larger word vectors than a fresh decoder's, or all captions would be about equally likely.
        using var _ = no_grad();
        foreach (var (name, parameter) in decoder.named_parameters())
            if (name == "embedding.weight") parameter.mul_(6);
        decoder.eval();
        return decoder;
    }

    private static float[] Next(CaptionDecoder decoder, Tensor embeddings, IReadOnlyList<int> words)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var fed = tensor(words.Prepend(Vocabulary.Bos).Select(w => (long)w).ToArray(), [1, words.Count + 1]);
        return decoder.forward(embeddings, fed).log_softmax(2).select(1, words.Count).contiguous().data<float>().ToArray();
    }

    // Every caption of one or two words.
    private static IEnumerable<(int[] Words, double LogP)> Enumerate(CaptionDecoder decoder, Tensor embeddings)
    {
        var first = Next(decoder, embeddings, []);
        for (var a = Vocabulary.Unk + 1; a < Words; a++)
        {
            var second = Next(decoder, embeddings, [a]);
            yield return ([a], first[a] + second[Vocabulary.Eos]);
            for (var b = Vocabulary.Unk + 1; b < Words; b++) yield return ([a, b], first[a] + second[b]);
        }
    }

    private static List<int> Greedy(CaptionDecoder decoder, Tensor embeddings, int minimum, int maximum)
    {
        var words = new List<int>();
        while (words.Count < maximum)
        {
            var scores = Next(decoder, embeddings, words);
            foreach (var never in (int[])[Vocabulary.Pad, Vocabulary.Bos, Vocabulary.Unk]) scores[never] = float.NegativeInfinity;
            if (words.Count < minimum) scores[Vocabulary.Eos] = float.NegativeInfinity;
            var word = Array.IndexOf(scores, scores.Max());
            if (word == Vocabulary.Eos) break;
            words.Add(word);
        }
        return words;
    }
}
