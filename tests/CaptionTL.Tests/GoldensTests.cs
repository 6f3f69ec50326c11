namespace CaptionTL.Tests;

public class GoldensTests
{
    [Fact]
    public void Uniform_FirstValues_LieInRangeAndRepeat()
    {
        var u = Goldens.Uniform("w", 1000);
        u.ShouldBe(Goldens.Uniform("w", 1000));
        u.Min().ShouldBeGreaterThanOrEqualTo(-1f);
        u.Max().ShouldBeLessThan(1f);
    }
}
