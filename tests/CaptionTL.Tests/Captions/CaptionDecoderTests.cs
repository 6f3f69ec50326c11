using CaptionTL.Captions;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Captions;

[Collection(nameof(TorchCollection))]
public class CaptionDecoderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Forward_CaptionsSideBySide_EqualCaptionsAlone(bool attention)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var decoder = CaptionSearchTests.Decoder(attention);
        var embeddings = randn(2, 4, 6);
        var words = randint(4, 12, [6, 5]);

        var together = decoder.forward(embeddings, words);

        for (var row = 0; row < 6; row++)
        {
            var alone = decoder.forward(embeddings.narrow(0, row / 3, 1), words.narrow(0, row, 1));
            (together.narrow(0, row, 1) - alone).abs().max().item<float>().ShouldBeLessThan(1e-5f);
        }
    }

    [Fact]
    public void Forward_LaterWords_DoNotReachEarlierScores()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var decoder = CaptionSearchTests.Decoder();
        var embeddings = randn(1, 4, 6);
        var before = decoder.forward(embeddings, tensor(new long[] { 1, 4, 5, 6 }, [1, 4]));
        var after = decoder.forward(embeddings, tensor(new long[] { 1, 4, 5, 9 }, [1, 4]));
        (before.narrow(1, 0, 3) - after.narrow(1, 0, 3)).abs().max().item<float>().ShouldBe(0);
        (before.narrow(1, 3, 1) - after.narrow(1, 3, 1)).abs().max().item<float>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Forward_WithoutAttention_OnlyTheMeanOfTheCellsCounts()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var decoder = CaptionSearchTests.Decoder(attention: false);
        var embeddings = randn(1, 4, 6);
        var words = tensor(new long[] { 1, 4, 5 }, [1, 3]);
        var difference = decoder.forward(embeddings, words) - decoder.forward(embeddings.flip(1), words);
        difference.abs().max().item<float>().ShouldBeLessThan(1e-5f);
    }

    [Fact]
    public void Forward_WithAttention_CellsAreKnownByContentAndPlace()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var decoder = CaptionSearchTests.Decoder();
        var embeddings = randn(1, 4, 6);
        var words = tensor(new long[] { 1, 4, 5 }, [1, 3]);
        var scores = decoder.forward(embeddings, words);
        // A new decoder has no opinion on places yet.
        (scores - decoder.forward(embeddings.flip(1), words)).abs().max().item<float>().ShouldBeLessThan(1e-5f);
        (scores - decoder.forward(embeddings * randn(1, 4, 6), words)).abs().max().item<float>().ShouldBeGreaterThan(1e-3f);
        decoder.state_dict()["attention.position"].normal_();
        scores = decoder.forward(embeddings, words);
        (scores - decoder.forward(embeddings.flip(1), words)).abs().max().item<float>().ShouldBeGreaterThan(1e-3f);
    }

    [Fact]
    public void Step_WordByWord_EqualsAllWordsAtOnce()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var decoder = CaptionSearchTests.Decoder();
        var embeddings = randn(2, 4, 6);
        var words = randint(4, 12, [4, 5]);
        var together = decoder.forward(embeddings, words);
        var memory = decoder.Memory(embeddings);
        var state = decoder.Start(memory, 2);
        for (var t = 0; t < 5; t++)
        {
            var step = decoder.Step(memory, decoder.WordGates(words.select(1, t)), state);
            (decoder.Scores(step.Seen) - together.select(1, t)).abs().max().item<float>().ShouldBeLessThan(1e-5f);
            (step.Attention!.sum(dim: 1) - 1).abs().max().item<float>().ShouldBeLessThan(1e-5f);
            state = step.State;
        }
    }

    [Theory]
    [InlineData(0, 50, 16, "Channels")]
    [InlineData(8, 4, 16, "VocabularySize")]
    [InlineData(8, 50, 0, "Hidden")]
    [InlineData(8, 50, 20, "Heads")]
    public void Options_OutOfRange_AreNamed(int channels, int vocabulary, int hidden, string name) =>
        Should.Throw<CaptionTLException>(() =>
            new CaptionDecoder(new CaptionDecoderOptions { Channels = channels, Cells = 4, VocabularySize = vocabulary, Hidden = hidden }))
            .Message.ShouldContain(name);
}
