using CaptionTL.Training;

namespace CaptionTL.Tests.Training;

public class MappedImagesTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(500)]
    public void Shuffled_EveryImage_SeesAnotherAndEachIsSeenOnce(int count)
    {
        var seen = Seen(count, seed: 1);
        seen.Order().ShouldBe(Enumerable.Range(0, count));
        seen.Where((other, i) => other == i).ShouldBeEmpty();
        Seen(count, seed: 1).ShouldBe(seen);
    }

    [Fact]
    public void Shuffled_OtherSeed_SeesOthers() => Seen(100, seed: 2).ShouldNotBe(Seen(100, seed: 1));

    [Fact]
    public void Shuffled_OneImage_IsRefused() =>
        Should.Throw<CaptionTLException>(() => Seen(1, seed: 1)).Message.ShouldContain("one image only");

    [Fact]
    public void Repeated_MoreImagesThanThereAre_BeginsAgain()
    {
        var values = new Half[8];
        var repeated = MappedImages.Repeated(new Numbers(3), 7);
        repeated.Images.ShouldBe(7);
        repeated.CopyTo([(2, 0), (3, 1), (6, 0), (5, 1)], values);
        values.Select(v => (int)v).ShouldBe([2, 0, 0, 1, 0, 0, 2, 1]);
    }

    private static int[] Seen(int count, long seed)
    {
        var shuffled = MappedImages.Shuffled(new Numbers(count), seed);
        var value = new Half[2];
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            shuffled.CopyTo([(i, 1)], value);
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

        public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination)
        {
            for (var i = 0; i < rows.Count; i++)
                (destination[2 * i], destination[2 * i + 1]) = ((Half)rows[i].Image, (Half)rows[i].View);
        }
    }
}
