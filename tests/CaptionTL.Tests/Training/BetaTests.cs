using CaptionTL.Training;

namespace CaptionTL.Tests.Training;

public sealed class BetaTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(4)]
    public void Draw_ManyTimes_HasTheDistributionsMeanAndVariance(double alpha)
    {
        var random = new Random(3);
        var draws = Enumerable.Range(0, 40_000).Select(_ => Beta.Draw(alpha, random)).ToArray();
        var mean = draws.Average();
        mean.ShouldBe(0.5, 0.01);
        draws.Average(x => (x - mean) * (x - mean)).ShouldBe(1 / (4 * (2 * alpha + 1)), 0.004);
        draws.ShouldAllBe(x => x >= 0 && x <= 1);
    }
}
