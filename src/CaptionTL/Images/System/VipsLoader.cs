using System.Buffers;
using System.Globalization;

namespace CaptionTL.Images;

/// <summary>Opens a picture in memory with the one loader for its format. The bytes stay pinned until it is disposed.</summary>
internal sealed unsafe class VipsLoader(ReadOnlyMemory<byte> bytes, ImageFormat format) : IDisposable
{
    private readonly MemoryHandle _pin = bytes.Pin();

    /// <summary>Reads the header; pixels are decoded when the image is written, each row once.</summary>
    /// <param name="fraction">1/2, 1/4 or 1/8 for JPEG, anything up to 1 for WebP; other formats know only 1.</param>
    /// <exception cref="VipsException">The header is damaged.</exception>
    public VipsImage Open(double fraction = 1)
    {
        using var load = new VipsOperation(format switch
        {
            ImageFormat.Jpeg => "jpegload_buffer",
            ImageFormat.Png => "pngload_buffer",
            ImageFormat.WebP => "webpload_buffer",
            ImageFormat.Gif => "gifload_buffer",
            ImageFormat.Tiff => "tiffload_buffer",
            _ => throw new InvalidOperationException($"libvips is not asked for {format}"),
        });
        // "error": what ends early or is damaged fails, instead of turning grey from there on.
        load.Set("buffer", (byte*)_pin.Pointer, bytes.Length).Set("access", "sequential").Set("fail_on", "error");
        if (fraction < 1)
        {
            if (format == ImageFormat.Jpeg) load.Set("shrink", Math.Round(1 / fraction).ToString(CultureInfo.InvariantCulture));
            else load.Set("scale", fraction.ToString("R", CultureInfo.InvariantCulture));
        }
        return load.BuildImage();
    }

    /// <summary>The smallest fraction of its size at which the picture can be decoded without a side falling below <paramref name="atLeast"/>, or null.</summary>
    public double? FractionFor(ImageHeader header, PixelSize? atLeast)
    {
        var needed = DecodeFraction.Needed(header, atLeast);
        double? fraction = format switch
        {
            ImageFormat.Jpeg => DecodeFraction.OfJpeg(needed),
            // A little more than needed, so that rounding never goes below; near full size the detour is not worth it.
            ImageFormat.WebP when needed < 0.7 => Math.Min(1, needed + 1.0 / Math.Min(header.Width, header.Height)),
            _ => null,
        };
        return fraction is >= 1 ? null : fraction;
    }

    public void Dispose() => _pin.Dispose();
}
