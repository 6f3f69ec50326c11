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

/// <summary>The preprocessings that most published ImageNet weights share.</summary>
internal static class ImageNetPixels
{
    /// <summary>torchvision's: centre crop of a bilinearly resized image, the data set's own mean and standard deviation.</summary>
    /// <param name="crop">What the centre crop keeps of the shorter side: 224 of 256 unless said otherwise.</param>
    public static Preprocessing Standard(float crop = 0.875f, Interpolation interpolation = Interpolation.Bilinear) => new()
    {
        Height = 224,
        Width = 224,
        Mean = [0.485f, 0.456f, 0.406f],
        Std = [0.229f, 0.224f, 0.225f],
        Interpolation = interpolation,
        CropFraction = crop,
    };

    /// <summary>TensorFlow's: values from −1 to 1.</summary>
    /// <param name="size">Height and width in pixels.</param>
    /// <param name="crop">What the centre crop keeps of the shorter side.</param>
    public static Preprocessing Symmetric(int size, float crop = 0.875f, Interpolation interpolation = Interpolation.Bicubic) => new()
    {
        Height = size,
        Width = size,
        Mean = [0.5f, 0.5f, 0.5f],
        Std = [0.5f, 0.5f, 0.5f],
        Interpolation = interpolation,
        CropFraction = crop,
    };

    /// <summary>
    /// Caffe's: pixels from 0 to 255 less ImageNet's mean colour. Networks that took blue first have their first convolution
    /// reversed when their weights are read.
    /// </summary>
    public static Preprocessing Caffe() => new()
    {
        Height = 224,
        Width = 224,
        Mean = [123.68f / 255, 116.779f / 255, 103.939f / 255],
        Std = [1f / 255, 1f / 255, 1f / 255],
        Interpolation = Interpolation.Bilinear,
    };

    /// <summary>
    /// 224 pixels of 232, as torchvision's second training recipe is measured; just below the fraction, so that 232 is what results.
    /// </summary>
    public const float CropOf232 = 0.9654f;
}
