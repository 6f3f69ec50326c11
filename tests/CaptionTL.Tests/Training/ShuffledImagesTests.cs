using CaptionTL.Training;

namespace CaptionTL.Tests.Training;

public class ShuffledImagesTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(500)]
    public void CopyTo_EveryImage_SeesAnotherAndEachIsSeenOnce(int count)
    {
        var seen = Seen(count, seed: 1);
        seen.Order().ShouldBe(Enumerable.Range(0, count));
        seen.Where((other, i) => other == i).ShouldBeEmpty();
        Seen(count, seed: 1).ShouldBe(seen);
    }

    [Fact]
    public void CopyTo_OtherSeed_SeesOthers() => Seen(100, seed: 2).ShouldNotBe(Seen(100, seed: 1));

    [Fact]
    public void New_OneImage_IsRefused() =>
        Should.Throw<CaptionTLException>(() => Seen(1, seed: 1)).Message.ShouldContain("one image only");

    private static int[] Seen(int count, long seed)
    {
        var blind = new ShuffledImages(new Numbers(count), seed);
        var value = new Half[2];
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            blind.CopyTo(i, 1, value);
            ((int)value[1]).ShouldBe(1); // the view asked for
            return (int)value[0];
        })];
    }

    /// <summary>Images whose embedding is their number and the view.</summary>
    private sealed class Numbers(int images) : IImageEmbeddings
    {
        public int Images => images;

        public int Views => 2;

        public int Cells => 1;

        public int Channels => 2;

        public void CopyTo(int image, int view, Span<Half> destination) =>
            (destination[0], destination[1]) = ((Half)image, (Half)view);
    }
}
