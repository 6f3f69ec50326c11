using CaptionTL.Backbones;
using CaptionTL.IO;
using CaptionTL.Images;
using CaptionTL.Weights;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>Real weights on real images: the whole way from bytes to classes agrees with timm and Pillow.</summary>
[Collection(nameof(TorchCollection))]
public class PretrainedPredictionsTests
{
    private const string Weights = "tf_efficientnet_lite0.in1k";

    [Theory]
    [InlineData(ResizeMode.CenterCrop)]
    [InlineData(ResizeMode.Squash)]
    public void Classify_Samples_AgreesWithTheReference(ResizeMode resize)
    {
        var path = Repository.RequireShared($"models/{Weights}/model.safetensors");
        var weights = BackboneRegistry.FindWeights(Weights);
        var preprocessing = weights.Preprocessing with { Resize = resize };
        using var encoder = PretrainedEncoder.Load(weights, path, "test", preprocessing);
        var preprocessor = new Preprocessor(preprocessing);
        using var golden = Goldens.Json("pretrained_predictions.json");
        foreach (var image in golden.RootElement.GetProperty("top5").GetProperty("tf_efficientnet_lite0").EnumerateObject())
        {
            using var scope = NewDisposeScope();
            var pixels = preprocessor.Prepare(File.ReadAllBytes(Path.Combine(Repository.Samples, image.Name)));

            var probabilities = encoder.Classify([pixels]).softmax(1).data<float>().ToArray();

            var expected = image.Value.GetProperty(resize == ResizeMode.Squash ? "squash" : "center_crop").EnumerateArray().ToList();
            Array.IndexOf(probabilities, probabilities.Max()).ShouldBe(expected[0][0].GetInt32(), image.Name);
            foreach (var row in expected)
                ((double)probabilities[row[0].GetInt32()]).ShouldBe(row[2].GetDouble(), 0.03, $"{image.Name}: {row[1].GetString()}");
        }
    }
}
