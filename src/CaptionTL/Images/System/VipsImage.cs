using System.Runtime.InteropServices;

namespace CaptionTL.Images;

/// <summary>A reference to an image of libvips: a plan of operations that yields pixels when it is written.</summary>
internal sealed class VipsImage : SafeHandle
{
    /// <summary>VipsBandFormat.</summary>
    public const int UChar = 0, UShort = 2;

    /// <summary>VipsInterpretation.</summary>
    public const int Grey = 1, Cmyk = 15, Srgb = 22, Rgb16 = 25, Grey16 = 26;

    private const int StripRows = 64;

    public VipsImage(nint reference) : base(0, ownsHandle: true) => SetHandle(reference);

    public override bool IsInvalid => handle == 0;

    public int Width => VipsNative.GetWidth(handle);

    public int Height => VipsNative.GetHeight(handle);

    public int Bands => VipsNative.GetBands(handle);

    public int Format => VipsNative.GetFormat(handle);

    public int Interpretation => VipsNative.GetInterpretation(handle);

    public int GetInt(string field, int otherwise) =>
        VipsNative.GetFieldType(handle, field) != 0 && VipsNative.GetInt(handle, field, out var value) == 0 ? value : otherwise;

    /// <summary>
    /// All pixels, band-interleaved. This is where the decoding happens: strip by strip in the calling thread, which for small pictures
    /// takes half the time of handing them to libvips' own threads.
    /// </summary>
    /// <exception cref="VipsException">The picture is damaged.</exception>
    public unsafe byte[] ToArray()
    {
        var (width, height) = (Width, Height);
        var rowBytes = width * Bands;
        var pixels = GC.AllocateUninitializedArray<byte>(checked(rowBytes * height));
        var region = VipsNative.NewRegion(handle);
        if (region == 0) throw new VipsException();
        try
        {
            for (var top = 0; top < height; top += StripRows)
            {
                var rows = Math.Min(StripRows, height - top);
                var strip = VipsNative.Fetch(region, 0, top, width, rows, out var size);
                if (strip == 0) throw new VipsException();
                new ReadOnlySpan<byte>((void*)strip, checked((int)size)).CopyTo(pixels.AsSpan(top * rowBytes, rows * rowBytes));
                VipsNative.Free(strip);
            }
        }
        finally
        {
            VipsNative.Unref(region);
        }
        return pixels;
    }

    protected override bool ReleaseHandle()
    {
        VipsNative.Unref(handle);
        return true;
    }
}
