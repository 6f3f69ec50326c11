using System.Runtime.InteropServices;
using CaptionTL.Images;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace CaptionTL.Tests.Images;

/// <summary>Image files for tests, written by ImageSharp.</summary>
internal static class ImageFiles
{
    public static byte[] Png(RgbImage image)
    {
        using var pixels = Image.LoadPixelData<Rgb24>(MemoryMarshal.Cast<byte, Rgb24>(image.Pixels).ToArray(), image.Width, image.Height);
        using var file = new MemoryStream();
        pixels.SaveAsPng(file);
        return file.ToArray();
    }
}
