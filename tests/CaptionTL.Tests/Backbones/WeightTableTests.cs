using CaptionTL.Backbones;
using CaptionTL.Images;

namespace CaptionTL.Tests.Backbones;

/// <summary>The rows of published weight files, checked against what can be known without fetching them.</summary>
public class WeightTableTests
{
    public static TheoryData<string> Weights => [.. BackboneRegistry.All.SelectMany(e => e.Weights).Select(w => w.Name)];

    [Theory]
    [MemberData(nameof(Weights))]
    public void Row_OfEveryWeightFile_IsWhole(string name)
    {
        var weights = BackboneRegistry.FindWeights(name);
        weights.Name.ShouldBe(name);
        weights.File.Name.ShouldBe(name);
        BackboneRegistry.Find(name).Architecture.ShouldBe(weights.Architecture);
        weights.File.Address.Scheme.ShouldBe("https");
        weights.File.Address.AbsolutePath.ShouldEndWith("/" + weights.File.FileName);
        weights.File.Licence.ShouldBeOneOf("Apache-2.0", "BSD-3-Clause", "MIT", "CC-BY-4.0");
        weights.File.Source.ShouldStartWith("https://");
        weights.Top1.ShouldBeInRange(50, 90);
        if (Path.GetExtension(weights.File.FileName) == ".pth")
        {
            weights.File.Sha256.Length.ShouldBeGreaterThanOrEqualTo(8);
            weights.File.FileName.ShouldEndWith($"-{weights.File.Sha256}.pth", customMessage: "the publisher puts the hash's first "
                + "digits into the name");
        }
    }

    [Theory]
    [MemberData(nameof(Weights))]
    public void Preprocessing_OfEveryWeightFile_GivesItsSize(string name)
    {
        var preprocessing = BackboneRegistry.FindWeights(name).Preprocessing;
        var image = new Preprocessor(preprocessing).Prepare(File.ReadAllBytes(Path.Combine(Repository.Samples, "chelsea.png")));

        (image.Width, image.Height).ShouldBe((preprocessing.Width, preprocessing.Height));
        preprocessing.Mean.Count.ShouldBe(3);
        preprocessing.Std.ShouldAllBe(s => (s > 0.2f && s <= 0.5f) || s == 1 / 255f);
    }

    [Theory]
    [InlineData("resnet50.imagenet1k_v2", 232)]
    [InlineData("convnext_tiny.imagenet1k_v1", 236)]
    [InlineData("inception_v3.imagenet1k_v1", 342)]
    [InlineData("vgg16", 256)]
    public void CropFraction_OfTorchvisionsRecipes_MeansTheirResizedSize(string name, int resized)
    {
        var preprocessing = BackboneRegistry.FindWeights(name).Preprocessing;
        ((int)(preprocessing.Height / preprocessing.CropFraction)).ShouldBe(resized);
    }
}
