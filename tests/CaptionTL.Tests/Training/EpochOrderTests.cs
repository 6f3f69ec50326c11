using CaptionTL.Training;

namespace CaptionTL.Tests.Training;

public class EpochOrderTests
{
    private static readonly List<TrainingImage> Images =
        [.. Enumerable.Range(0, 997)
            .SelectMany(i => new TrainingImage(i, [.. Enumerable.Range(0, 1 + i % 7).Select(c => new int[3 + (i * 31 + c * 17) % 20])])
            .Portions(5))];

    [Fact]
    public void Batches_OfAnEpoch_HoldEveryImageOnce() =>
        EpochOrder.Batches(Images, 150, 1, 0).SelectMany(b => b).Order().ShouldBe(Enumerable.Range(0, Images.Count));

    [Fact]
    public void Batches_SameSeedAndEpoch_AreTheSame_OthersAreNot()
    {
        Flat(1, 3).ShouldBe(Flat(1, 3));
        Flat(1, 3).ShouldNotBe(Flat(1, 4));
        Flat(1, 3).ShouldNotBe(Flat(2, 3));
    }

    [Fact]
    public void Batches_Captions_StayWithinTheSize() =>
        EpochOrder.Batches(Images, 150, 1, 0).ShouldAllBe(b => b.Sum(i => Images[i].Captions.Count) <= 150);

    [Fact]
    public void Batches_Padding_IsMuchLessThanInRandomOrder()
    {
        var sorted = Padding(EpochOrder.Batches(Images, 150, 1, 0));
        var random = new Random(1);
        var order = Enumerable.Range(0, Images.Count).ToArray();
        random.Shuffle(order);
        sorted.ShouldBeLessThan(0.7 * Padding([.. order.Chunk(30)]));
    }

    private static List<int> Flat(long seed, int epoch) => [.. EpochOrder.Batches(Images, 150, seed, epoch).SelectMany(b => b)];

    private static double Padding(IReadOnlyList<int[]> batches) =>
        batches.Sum(b => b.Max(i => Images[i].Longest) * b.Length - b.Sum(i => Images[i].Longest));
}
