using CaptionTL.Images;
using CaptionTL.Weights;

namespace CaptionTL.Backbones;

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
