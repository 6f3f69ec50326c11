using CaptionTL.Training;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Training;

[Collection(nameof(TorchCollection))]
public class ImageFeaturesTests
{
    [Fact]
    public void Epoch_Shuffled_KeepsLabelsAndNamesWithTheirRows()
    {
        using var features = Sample();
        features.BatchSize = 3;

        var rows = features.Epoch(4)
            .SelectMany(b => b.Ids.Select((id, i) => (id, b.Inputs[i, 0, 0].item<float>(), b.Labels[i].item<long>()))).ToList();

        rows.ShouldBe(Enumerable.Range(0, 8).Select(i => ($"p{i}", (float)(2 * i), (long)(i % 2))), ignoreOrder: true);
        rows.Select(r => r.id).ShouldNotBe(features.Ids);
    }

    [Theory]
    [InlineData("label", "2 classes")]
    [InlineData("rows", "do not belong together")]
    [InlineData("names", "'classes'")]
    [InlineData("missing", "labels")]
    [InlineData("cut off", "cut off")]
    public void Load_DamagedFile_SaysWhatIsWrong(string damage, string said)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("features.safetensors");
        using (var features = Sample()) features.Save(path);
        if (damage == "cut off") File.WriteAllBytes(path, File.ReadAllBytes(path)[..^5]);
        else Rewrite(path, damage);

        Should.Throw<WeightFileException>(() => ImageFeatures.Load(path)).Message.ShouldContain(said);
    }

    [Fact]
    public void Fit_LossThatGrowsWithoutBounds_SaysSo()
    {
        using var features = Sample();
        using var model = nn.Sequential(nn.Flatten(), nn.Linear(2, 2));
        using var optimizer = optim.SGD(model.parameters(), 1e38);
        Should.Throw<CaptionTLException>(() => model.Fit(features, 5, optimizer, ClassLoss.Categorical)).Message.ShouldContain(
            "learning rate");
    }

    [Fact]
    public void Binary_TwoOutputs_SaysHowTheNetworkMustEnd()
    {
        using var scope = NewDisposeScope();
        Should.Throw<CaptionTLException>(() =>
            ClassLoss.Binary(zeros(3, 2), zeros(3, dtype: ScalarType.Int64))).Message.ShouldContain("Sigmoid");
    }

    private static ImageFeatures Sample() => new(arange(16, dtype: ScalarType.Float32).reshape(8, 2, 1),
        tensor([0L, 1, 0, 1, 0, 1, 0, 1]), ["ants", "bees"], [.. Enumerable.Range(0, 8).Select(i => $"p{i}")]);

    private static void Rewrite(string path, string damage)
    {
        using var scope = NewDisposeScope();
        var metadata = new Dictionary<string, string> { ["classes"] = damage == "names" ? "[1" : "[\"ants\",\"bees\"]",
            ["images"] = "[\"p0\"]" };
        var tensors = new List<SafetensorsTensor> { StateDict.Entry("features", zeros(damage == "rows" ? 3 : 1, 2)) };
        if (damage != "missing") tensors.Add(StateDict.Entry("labels", tensor([damage == "label" ? 2L : 0L])));
        SafetensorsWriter.Write(path, tensors, metadata);
    }
}
