using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class PixelEffectsTests
{
    [Fact]
    public void Rotate_QuarterTurn_MovesTheRightEdgeToTheTop()
    {
        var image = TestImages.Formula(9, 9);
        var turned = PixelEffects.Rotate(image, 90);
        for (var y = 0; y < 9; y++)
        for (var x = 0; x < 9; x++)
            TestImages.Pixel(turned, x, y).ShouldBe(TestImages.Pixel(image, 8 - y, x));
    }

    [Fact]
    public void Rotate_SmallAngleOfARamp_TurnsItAndRepeatsTheEdge()
    {
        // Brightness 10 · x; about the middle at x = 10 it becomes 10 · (10 + cos · (x − 10) − sin · (y − 10)).
        var image = new RgbImage(21, 21, [.. Enumerable.Range(0, 21 * 21).SelectMany(i => Enumerable.Repeat((byte)(10 * (i % 21)), 3))]);
        var turned = PixelEffects.Rotate(image, 20);
        var (sin, cos) = Math.SinCos(20 * Math.PI / 180);
        for (var y = 0; y < 21; y++)
        for (var x = 0; x < 21; x++)
            ((double)TestImages.Pixel(turned, x, y).R).ShouldBe(Math.Clamp(10 * (10 + cos * (x - 10) - sin * (y - 10)), 0, 200), 0.6);
    }

    [Fact]
    public void Erase_Part_IsTheMeanAndNothingElseChanges()
    {
        var image = new RgbImage(4, 2,
            [.. Enumerable.Range(0, 8).SelectMany(i => new byte[] { (byte)(i * 10), 100, (byte)(i < 4 ? 0 : 50) })]);
        PixelEffects.Erase(image, new PixelBox(1, 0, 2, 1));
        for (var i = 0; i < 8; i++)
            TestImages.Pixel(image, i % 4, i / 4)
                .ShouldBe(i is 1 or 2 ? ((byte)35, (byte)100, (byte)25) : ((byte)(i * 10), (byte)100, (byte)(i < 4 ? 0 : 50)));
    }

    [Fact]
    public void Draw_RotationAndErasing_StayWithinTheirRanges()
    {
        var augmentation = new Augmentation { Rotation = 15, ErasingProbability = 0.3, MaxErased = 0.2 };
        var (angles, boxes) = (new List<double>(), new List<PixelBox>());
        var hash = new byte[32];
        for (var i = 0; i < 2000; i++)
        {
            BitConverter.TryWriteBytes(hash, i).ShouldBeTrue();
            var view = RandomView.Draw(augmentation, new AugmentationView(2), hash, new PixelSize(500, 375), 1);
            angles.Add(view.Angle);
            if (view.Erased is { } erased) boxes.Add(erased.In(100, 80));
        }
        angles.Min().ShouldBeInRange(-15, -14);
        angles.Max().ShouldBeInRange(14, 15);
        boxes.Count.ShouldBeInRange(500, 700);
        boxes.ShouldAllBe(b => b.Left >= 0 && b.Top >= 0 && b.Width > 0 && b.Height > 0 && b.Left + b.Width <= 100
            && b.Top + b.Height <= 80);
        boxes.Max(b => b.Width * b.Height).ShouldBeInRange(1500, 1700);
        boxes.Min(b => b.Width * b.Height).ShouldBeInRange(130, 220);
    }

    [Fact]
    public void Draw_WithoutThem_IsTheViewThatThereWasBefore()
    {
        var hash = new byte[32];
        var plain = RandomView.Draw(new Augmentation(), new AugmentationView(2), hash, new PixelSize(500, 375), 1);
        var more = RandomView.Draw(new Augmentation { Rotation = 15, ErasingProbability = 1 }, new AugmentationView(2), hash,
            new PixelSize(500, 375), 1);
        (more with { Angle = 0, Erased = null }).ShouldBe(plain);
        (plain.Angle, plain.Erased).ShouldBe((0, null));
        more.Erased.ShouldNotBeNull();
    }
}
