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
