using CaptionTL.Images;
using CaptionTL.Weights;

namespace CaptionTL.Backbones;

/// <summary>A weight file of keras.applications, top included. Keras publishes MD5 sums only: there is no SHA-256 to compare with.</summary>
/// <param name="Path">Below Keras's folder.</param>
internal sealed record KerasFile(string Path)
{
    public BackboneWeights Weights(string architecture, string licence, double top1, Preprocessing preprocessing)
    {
        var name = architecture + (architecture.StartsWith("keras_", StringComparison.Ordinal) ? ".in1k" : ".keras_in1k");
        return new BackboneWeights(name, architecture, new WeightFile
        {
            Name = name,
            FileName = Path[(Path.LastIndexOf('/') + 1)..],
            Address = new Uri("https://storage.googleapis.com/tensorflow/keras-applications/" + Path),
            Sha256 = "",
            Licence = licence,
            Source = "https://keras.io/api/applications",
        }, preprocessing, top1);
    }
}
