using CaptionTL.Captions;
using CaptionTL.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Captions;

[Collection(nameof(TorchCollection))]
public class CaptionSearchTests
{
    private const int Words = 12;

    private static readonly Vocabulary Vocabulary = new(Enumerable.Range(4, Words - 4).Select(i => $"w{i}"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Search_BeamWiderThanTheTree_FindsTheLikeliestOfAllCaptions(bool attention)
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder(attention);
        var embeddings = randn(3, 4, 6);
        var options = new DecodingOptions { Beam = 64, MinLength = 1, MaxLength = 2, NoRepeat = 0, NBest = 5, LengthNormalization = 0 };

        var found = Run(decoder, embeddings, options);

        for (var image = 0; image < 3; image++)
        {
            var all = Enumerate(decoder, embeddings.narrow(0, image, 1)).OrderByDescending(c => c.LogP).Take(5).ToList();
            found[image].Select(Text).ShouldBe(all.Select(c => string.Join(' ', c.Words)));
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
        var inner = free.Take(2).ToHashSet(); // the most frequent endings

        inner.Count.ShouldBe(2);
        Endings(inner).Intersect(inner).ShouldBeEmpty();
        Endings(inner).ShouldNotBeEmpty();

        // Last words of captions that end by themselves, the most frequent first.
        List<int> Endings(IReadOnlySet<int> innerWords) =>
            [.. new CaptionSearch(decoder, Vocabulary, innerWords.Select(w => Vocabulary[w])).Run(embeddings, options)
                .SelectMany(r => r.Captions).Where(c => c.Words.Count < options.MaxLength).GroupBy(c => Ids(c)[^1])
                .OrderByDescending(g => g.Count()).Select(g => g.Key)];
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.9)]
    public void Search_WithAConstraint_BeginsAsToldAndLeavesOutWhatIsBanned(double? topP)
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(2, 4, 6);
        var options = new DecodingOptions { Beam = 5, NBest = 5, MinLength = 4, MaxLength = 8, TopP = topP };
        var request = new SearchRequest(2, Words, options, new HashSet<int>(),
            [new([5, 7], [4, 6, 8], 0.6), new([9], [], 0.5)], WithAttention: true, Leading: null);

        var hypotheses = topP is null ? BeamSearch.Run(decoder, embeddings, request, CancellationToken.None)
            : NucleusSampling.Run(decoder, embeddings, request, CancellationToken.None);
        var found = hypotheses.Select(image => image.Select(h => h.ToCaption(Vocabulary, options.LengthNormalization)).ToList()).ToList();

        found.Count.ShouldBe(2);
        foreach (var caption in found[0])
        {
            Ids(caption).Take(2).ShouldBe([5, 7]);
            Ids(caption).ShouldAllBe(w => w != 4 && w != 6 && w != 8);
            caption.Words.Count.ShouldBeInRange(4, 8);
            caption.WordProbabilities[0].ShouldBe(1);
            Math.Log(caption.WordProbabilities[1]).ShouldBe(Math.Log(0.6), 1e-5);
            caption.Attention!.Count.ShouldBe(caption.Words.Count);
        }
        found[1].ShouldAllBe(c => Ids(c)[0] == 9);
        if (topP is not null) return;
        found[0].Select(Text).ShouldBeUnique();
        // What follows is what the decoder makes of that beginning.
        var (best, ids) = (found[1][0], Ids(found[1][0]));
        for (var k = 1; k < ids.Length; k++)
            Math.Log(best.WordProbabilities[k]).ShouldBe(Next(decoder, embeddings.narrow(0, 1, 1), ids[..k])[ids[k]], 1e-4);
    }

    [Fact]
    public void Search_OneBeam_IsGreedy()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(50, 4, 6);
        // Counted by the word, some go on behind their likeliest end to a better score.
        var found = Run(decoder, embeddings, new DecodingOptions { Beam = 1, MinLength = 2, MaxLength = 6, NoRepeat = 0,
            LengthNormalization = 2 });
        for (var image = 0; image < 50; image++)
            Ids(found[image][0]).ShouldBe(Greedy(decoder, embeddings.narrow(0, image, 1), 2, 6));
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

        Should.Throw<OperationCanceledException>(() => new CaptionSearch(decoder, Vocabulary).Run(embeddings, options, leading: (_, _) =>
            { if (++words == 3) cancellation.Cancel(); }, cancellation: cancellation.Token));

        words.ShouldBe(3);
    }

    [Fact]
    public void Search_Batch_GivesWhatEachImageGivesAlone()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(7, 4, 6);
        var options = new DecodingOptions { NBest = 3, MaxLength = 9 };
        var together = Run(decoder, embeddings, options);
        for (var image = 0; image < 7; image++)
            together[image].Select(Text).ShouldBe(Run(decoder, embeddings.narrow(0, image, 1), options)[0].Select(Text));
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
        foreach (var hypothesis in Run(decoder, randn(4, 4, 6), options).SelectMany(c => c))
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
        var found = Run(decoder, randn(5, 4, 6), new DecodingOptions { MinLength = 4, MaxLength = 6, NBest = 3 });
        found.SelectMany(c => c).ShouldAllBe(c => c.Words.Count >= 4 && c.Words.Count <= 6);
        found.SelectMany(c => c).SelectMany(Ids).ShouldAllBe(w => w > Vocabulary.Unk);
    }

    [Fact]
    public void Search_WithAttention_EveryWordHasWeightsThatSumToOne()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var best = new CaptionSearch(decoder, Vocabulary).Run(randn(2, 4, 6), new DecodingOptions(), withAttention: true)[1].Captions[0];
        best.Attention!.Count.ShouldBe(best.Words.Count);
        best.Attention.ShouldAllBe(a => a.Length == 4 && Math.Abs(a.Sum() - 1) < 1e-5);
    }

    [Fact]
    public void Search_Afterwards_NoTensorIsLeft()
    {
        using var decoder = Decoder();
        using var embeddings = randn(2, 4, 6);
        Run(decoder, embeddings, new DecodingOptions());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        Run(decoder, embeddings, new DecodingOptions());
        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void Sample_SameSeed_SameCaptions_WhateverElseIsInTheBatch()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(4, 4, 6);
        var options = new DecodingOptions { TopP = 0.9, NBest = 4, Seed = 3 };
        var together = Run(decoder, embeddings, options)[2].Select(Text).ToList();
        Run(decoder, embeddings.narrow(0, 2, 1), options)[0].Select(Text).ShouldBe(together);
        together.Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Sample_SmallTopP_IsGreedy()
    {
        using var scope = NewDisposeScope();
        using var decoder = Decoder();
        var embeddings = randn(1, 4, 6);
        Ids(Run(decoder, embeddings, new DecodingOptions { TopP = 1e-9, MinLength = 2, MaxLength = 6 })[0][0])
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

    private static IReadOnlyList<IReadOnlyList<Caption>> Run(CaptionDecoder decoder, Tensor embeddings, DecodingOptions options) =>
        [.. new CaptionSearch(decoder, Vocabulary).Run(embeddings, options).Select(r => r.Captions)];

    private static int[] Ids(Caption caption) => Vocabulary.IdsOf(caption.Words);

    // As indices.
    private static string Text(Caption caption) => string.Join(' ', Ids(caption));

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
