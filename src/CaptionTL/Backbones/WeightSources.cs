using CaptionTL.Images;
using CaptionTL.Weights;

namespace CaptionTL.Backbones;

/// <summary>A weight file as torchvision publishes it: the file's name ends with the first eight digits of its SHA-256.</summary>
/// <param name="FileName">For instance resnet50-0676ba61.pth.</param>
/// <param name="Version">1, or 2 where an architecture was trained again.</param>
internal sealed record TorchvisionFile(string FileName, int Version = 1)
{
    public BackboneWeights Weights(string architecture, double top1, Preprocessing preprocessing, string licence = "BSD-3-Clause")
    {
        var name = $"{architecture}.imagenet1k_v{Version}";
        return new BackboneWeights(name, architecture, new WeightFile
        {
            Name = name,
            FileName = FileName,
            Address = new Uri($"https://download.pytorch.org/models/{FileName}"),
            Sha256 = Path.GetFileNameWithoutExtension(FileName)[^8..],
            Licence = licence,
            Source = "https://github.com/pytorch/vision",
        }, preprocessing, top1);
    }
}

/// <summary>A weight file as timm publishes it: one safetensors file in a repository of the weights' name.</summary>
/// <param name="Name">Architecture, a full stop, the training recipe.</param>
/// <param name="Size">Bytes, where known.</param>
/// <param name="Sha256">Where known.</param>
internal sealed record TimmFile(string Name, long? Size, string? Sha256)
{
    public BackboneWeights Weights(string architecture, string licence, double top1, Preprocessing preprocessing) =>
        new(Name, architecture, new WeightFile
        {
            Name = Name,
            FileName = "model.safetensors",
            Address = new Uri($"https://huggingface.co/timm/{Name}/resolve/main/model.safetensors"),
            Size = Size,
            Sha256 = Sha256 ?? "",
            Licence = licence,
            Source = $"https://huggingface.co/timm/{Name}",
        }, preprocessing, top1);
}

/// <summary>
/// A weight file of keras.applications, top included. Keras publishes MD5 sums only: there is no SHA-256 to compare with.
/// </summary>
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
