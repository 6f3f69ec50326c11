using CaptionTL.Images;

namespace CaptionTL.Backbones;

/// <summary>The preprocessings that most published ImageNet weights share.</summary>
internal static class ImageNetPixels
{
    /// <summary>torchvision's: centre crop of a bilinearly resized picture, the data set's own mean and standard deviation.</summary>
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
    /// turned round when their weights are read.
    /// </summary>
    public static Preprocessing Caffe() => new()
    {
        Height = 224,
        Width = 224,
        Mean = [123.68f / 255, 116.779f / 255, 103.939f / 255],
        Std = [1f / 255, 1f / 255, 1f / 255],
        Interpolation = Interpolation.Bilinear,
    };

    /// <summary>224 pixels of 232, as torchvision's second training recipe is measured; just below the fraction, so that 232 is what results.</summary>
    public const float CropOf232 = 0.9654f;
}
