using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class PreprocessorTests
{
    private static readonly Preprocessing Squash = new()
    {
        Width = 224, Height = 224, Mean = [0.5f, 0.5f, 0.5f], Std = [0.5f, 0.5f, 0.5f], Resize = ResizeMode.Squash,
    };

    private static readonly Preprocessing Crop = Squash with { Resize = ResizeMode.CenterCrop };

    /// <summary>Pillow 9.4: resize, for the crop to a shorter side of 256 and its middle; SHA-256 of the pixels of coffee.png.</summary>
    [Theory]
    [InlineData(Interpolation.Bilinear, ResizeMode.Squash, "00dcee0315c7e8cf")]
    [InlineData(Interpolation.Bilinear, ResizeMode.CenterCrop, "9f13b650be016e3a")]
    [InlineData(Interpolation.Bicubic, ResizeMode.Squash, "ec5bbc26e282170c")]
    [InlineData(Interpolation.Bicubic, ResizeMode.CenterCrop, "3986640bfb27932a")]
    public void Prepare_Png_EqualsPillowBitForBit(Interpolation interpolation, ResizeMode mode, string hash)
    {
        var preprocessor = new Preprocessor(Squash with { Interpolation = interpolation, Resize = mode });
        ResamplerTests.Hash(preprocessor.Prepare(TestImages.Sample("coffee.png"))).ShouldBe(hash);
    }

    /// <summary>Two decoders of JPEG may differ by a level; the numbers are Pillow's.</summary>
    [Fact]
    public void Prepare_Jpeg_EqualsPillowWithinTwoLevels()
    {
        var image = new Preprocessor(Crop).Prepare(TestImages.Sample("rocket.jpg"));
        (int X, int Y, int R, int G, int B)[] expected = [(0, 0, 25, 40, 70), (223, 223, 28, 30, 43), (112, 112, 130, 122, 108),
            (37, 190, 86, 84, 86), (200, 15, 23, 37, 64)];
        foreach (var (x, y, r, g, b) in expected)
        {
            var pixel = TestImages.Pixel(image, x, y);
            Math.Max(Math.Abs(pixel.R - r), Math.Max(Math.Abs(pixel.G - g), Math.Abs(pixel.B - b))).ShouldBeLessThanOrEqualTo(2);
        }
        image.Pixels.Sum(p => (long)p).ShouldBeInRange(11136386 - 50000, 11136386 + 50000);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3000)]
    [InlineData(3000, 1)]
    [InlineData(224, 224)]
    [InlineData(100, 230)]
    public void Prepare_AnyShape_GivesTheNetworksSize(int width, int height)
    {
        var png = PngWriter.Rgb(TestImages.Gradient(width, height));
        foreach (var preprocessing in (Preprocessing[])[Squash, Crop,
            Crop with { Width = 96, Height = 128, Interpolation = Interpolation.Bilinear }])
        for (var view = 0; view < 5; view++)
        {
            var image = new Preprocessor(preprocessing).Prepare(png, new AugmentationView(view));
            (image.Width, image.Height).ShouldBe((preprocessing.Width, preprocessing.Height));
        }
    }

    [Fact]
    public void Prepare_ImageOfTheRightSizeSquashed_KeepsItsPixels()
    {
        var image = TestImages.Formula(224, 224);
        new Preprocessor(Squash).Prepare(PngWriter.Rgb(image)).Pixels.ShouldBe(image.Pixels);
    }

    [Fact]
    public void Prepare_MirroredView_IsTheMirrorImage()
    {
        var preprocessor = new Preprocessor(Crop);
        var (plain, mirrored) = (preprocessor.Prepare(TestImages.Sample("coffee.png")),
            preprocessor.Prepare(TestImages.Sample("coffee.png"), AugmentationView.Mirrored));
        for (var x = 0; x < 224; x += 31) TestImages.Pixel(mirrored, x, 17).ShouldBe(TestImages.Pixel(plain, 223 - x, 17));
    }

    [Fact]
    public void Prepare_RandomViews_RepeatAndDifferByViewSeedAndContent()
    {
        var bytes = TestImages.Sample("rocket.jpg");
        string Of(ulong seed, int view, byte[] content) =>
            ResamplerTests.Hash(new Preprocessor(Squash, new Augmentation { Seed = seed }).Prepare(content, new AugmentationView(view)));

        Of(1, 2, bytes).ShouldBe(Of(1, 2, bytes));
        Of(1, 0, bytes).ShouldBe(Of(2, 0, bytes));
        // A byte after the end of the JPEG changes nothing but the content's hash.
        string[] different = [Of(1, 0, bytes), Of(1, 1, bytes), Of(1, 2, bytes), Of(1, 3, bytes), Of(2, 2, bytes),
            Of(1, 2, [.. bytes, 0])];
        different.Distinct().Count().ShouldBe(different.Length);
    }

    /// <summary>Guards the cache: whoever changes what a view looks like must also change the fingerprint's version.</summary>
    [Fact]
    public void Prepare_RandomViewOfAPng_IsTheOneThatIsCachedUnderThisVersion()
    {
        var preprocessor = new Preprocessor(Squash, new Augmentation { Seed = 7 });
        preprocessor.Fingerprint(new AugmentationView(2)).ShouldStartWith("pixels/2;");
        preprocessor.Fingerprint(new AugmentationView(2)).ShouldContain(";augment/1;");
        ResamplerTests.Hash(preprocessor.Prepare(TestImages.Sample("coffee.png"), new AugmentationView(2))).ShouldBe("659e28fa7149f4e8");
    }

    [Fact]
    public void Fingerprint_EveryParameter_ChangesRandomViewsOnly()
    {
        var plain = new Augmentation();
        Augmentation[] others =
        [
            plain with { MinScale = 0.4 }, plain with { MaxScale = 0.9 }, plain with { MaxStretch = 1.1 },
                plain with { MirrorProbability = 0 },
            plain with { Brightness = 0.1 }, plain with { Contrast = 0.1 }, plain with { Saturation = 0.1 }, plain with { Seed = 1 },
            plain with { Rotation = 5 }, plain with { ErasingProbability = 0.1 }, plain with { ErasingProbability = 0.1, MaxErased = 0.5 },
        ];
        string Of(Augmentation a, int view) => new Preprocessor(Crop, a).Fingerprint(new AugmentationView(view));
        others.Select(a => Of(a, 2)).Append(Of(plain, 2)).Append(Of(plain, 3)).Distinct().Count().ShouldBe(others.Length + 2);
        others.Select(a => Of(a, 0)).Append(Of(plain, 0)).Distinct().Count().ShouldBe(1);
        others.Select(a => Of(a, 1)).Append(Of(plain, 1)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Draw_ManyViews_StaysWithinTheRanges()
    {
        var augmentation = new Augmentation();
        var hash = new byte[32];
        var (mirrored, shares) = (0, new List<double>());
        for (var i = 0; i < 1000; i++)
        {
            BitConverter.TryWriteBytes(hash, i).ShouldBeTrue();
            var view = RandomView.Draw(augmentation, new AugmentationView(2 + i % 3), hash, new PixelSize(500, 375), 1);
            var part = view.Part;
            (part.Left >= 0 && part.Top >= 0 && part.Left + part.Width <= 500 && part.Top + part.Height <= 375).ShouldBeTrue();
            (part.Width / (double)part.Height).ShouldBeInRange(0.74, 1.35);
            shares.Add(part.Width * part.Height / (500.0 * 375));
            view.Brightness.ShouldBeInRange(0.8f, 1.2f);
            view.Contrast.ShouldBeInRange(0.8f, 1.2f);
            view.Saturation.ShouldBeInRange(0.8f, 1.2f);
            if (view.Mirrored) mirrored++;
        }
        shares.Min().ShouldBeGreaterThan(0.45);
        shares.Max().ShouldBeGreaterThan(0.7);
        mirrored.ShouldBeInRange(420, 580);
    }

    [Fact]
    public void Constructor_ImpossibleParameters_SaysWhich()
    {
        Should.Throw<CaptionTLException>(() => new Preprocessor(Crop, new Augmentation { MinScale = 0 })).Message.ShouldContain("scale");
        Should.Throw<CaptionTLException>(() => new Preprocessor(Crop, new Augmentation { Brightness = double.NaN })).Message.ShouldContain(
            "brightness");
        Should.Throw<CaptionTLException>(() => new Preprocessor(Crop, new Augmentation { Rotation = -1 })).Message.ShouldContain(
            "rotation");
        Should.Throw<CaptionTLException>(() =>
            new Preprocessor(Crop, new Augmentation { ErasingProbability = 2 })).Message.ShouldContain("erasing");
        Should.Throw<CaptionTLException>(() => new Preprocessor(Crop, new Augmentation { MaxErased = 0 })).Message.ShouldContain("erased");
        Should.Throw<CaptionTLException>(() => new Preprocessor(Crop with { Width = 0 })).Message.ShouldContain("0 × 224");
    }
}
