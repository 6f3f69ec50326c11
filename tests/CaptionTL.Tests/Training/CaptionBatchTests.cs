using CaptionTL.Text;
using CaptionTL.Training;
using TorchSharp;

namespace CaptionTL.Tests.Training;

public class CaptionBatchTests
{
    private const long Pad = Vocabulary.Pad, Bos = Vocabulary.Bos, Eos = Vocabulary.Eos;

    private static readonly TrainingImage[] Images = [new(0, [[7, 8], [9]]), new(1, [[5, 6, 7]])];

    [Fact]
    public void Create_UnequalCaptions_PadsWordsAndLeavesOutPadding()
    {
        using var batch = CaptionBatch.Create(Images, wordDropout: 0, new Random(1));

        batch.Words.data<long>().ToArray().ShouldBe([Bos, 7, 8, Pad, Bos, 9, Pad, Pad, Bos, 5, 6, 7, Pad, Pad, Pad, Pad]);
        batch.Positions.data<long>().ToArray().ShouldBe([0, 1, 2, 4, 5, 8, 9, 10, 11]);
        batch.Targets.data<long>().ToArray().ShouldBe([7, 8, Eos, 9, Eos, 5, 6, 7, Eos]);
    }

    [Fact]
    public void Draw_AllOrNone_IsEveryPositionWithAWordAfterItOrNone()
    {
        using var batch = CaptionBatch.Create(Images, wordDropout: 0, new Random(1));

        batch.Draw(1, new Random(1)).ShouldBe([0, 1, 4, 8, 9, 10]);
        batch.Draw(0, new Random(1)).ShouldBeEmpty();
    }

    [Fact]
    public void Feed_OtherWords_ExchangesThoseAfterThePositions_ExceptForEnds()
    {
        using var batch = CaptionBatch.Create(Images, wordDropout: 0, new Random(1));
        var targets = batch.Targets.data<long>().ToArray();

        batch.Feed([0, 1, 4, 9], [20, 21, Eos, 23]);

        batch.Words.data<long>().ToArray().ShouldBe([Bos, 20, 21, Pad, Bos, 9, Pad, Pad, Bos, 5, 23, 7, Pad, Pad, Pad, Pad]);
        batch.Targets.data<long>().ToArray().ShouldBe(targets);
    }

    [Fact]
    public void Feed_NoWords_ChangesNothing()
    {
        using var batch = CaptionBatch.Create(Images, wordDropout: 0, new Random(1));
        var words = batch.Words.data<long>().ToArray();

        batch.Feed([], []);

        batch.Words.data<long>().ToArray().ShouldBe(words);
    }
}
