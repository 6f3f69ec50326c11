using CaptionTL.Backbones;
using static TorchSharp.torch;

namespace CaptionTL.Models.Export;

/// <summary>A classifier as one graph: pixels → grid → head → softmax at the calibrated temperature.</summary>
internal static class ClassifierGraph
{
    public static OnnxModel Make(Classifier classifier)
    {
        var temperature = classifier.Manifest.Temperature ?? 1;
        return OnnxModel.Make(classifier.Manifest.Name,
            [Pixels(classifier.Encoder)],
            [new OnnxPort("probabilities", "of the classes, in the order of labels.txt; each row sums to one")],
            inputs =>
            {
                using var scope = NewDisposeScope();
                var scores = classifier.Head.ScoreTensor(Grid(classifier.Encoder, inputs[0]));
                return [nn.functional.softmax(temperature == 1 ? scores : scores / temperature, 1).MoveToOuterDisposeScope()];
            });
    }

    /// <summary>The input of an encoder.</summary>
    public static OnnxPort Pixels(CnnEncoder encoder)
    {
        var pixels = encoder.Preprocessing;
        return new OnnxPort("pixels", "pictures, red, green, blue, each channel (value / 255 − mean) / std") { Example = n => zeros(n, 3, pixels.Height, pixels.Width) };
    }

    /// <summary>Pixels (N, 3, H, W) to embeddings (N, P, C), as <see cref="CnnEncoder.Encode(IReadOnlyList{Images.RgbImage})"/> lays them out.</summary>
    public static Tensor Grid(CnnEncoder encoder, Tensor pixels) =>
        encoder.Backbone.ForwardTo(pixels, encoder.Cut).permute(0, 2, 3, 1).reshape(pixels.shape[0], encoder.Cells, encoder.Channels);
}
