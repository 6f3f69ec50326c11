using System.Runtime.InteropServices;

namespace CaptionTL.Images;

/// <summary>A reference to an image of libvips: a plan of operations that yields pixels when it is written.</summary>
internal sealed class VipsImage : SafeHandle
{
    /// <summary>VipsBandFormat.</summary>
    public const int UChar = 0, UShort = 2;

    /// <summary>VipsInterpretation.</summary>
    public const int Grey = 1, Cmyk = 15, Srgb = 22, Rgb16 = 25, Grey16 = 26;

    public VipsImage(nint reference) : base(0, ownsHandle: true) => SetHandle(reference);

    public override bool IsInvalid => handle == 0;

    public int Width => VipsNative.GetWidth(handle);

    public int Height => VipsNative.GetHeight(handle);

    public int Bands => VipsNative.GetBands(handle);

    public int Format => VipsNative.GetFormat(handle);

    public int Interpretation => VipsNative.GetInterpretation(handle);

    public int GetInt(string field, int otherwise) =>
        VipsNative.GetFieldType(handle, field) != 0 && VipsNative.GetInt(handle, field, out var value) == 0 ? value : otherwise;

    /// <summary>All pixels, band-interleaved. This is where the decoding happens.</summary>
    /// <exception cref="VipsException">The picture is damaged.</exception>
    public unsafe byte[] ToArray()
    {
        var memory = VipsNative.WriteToMemory(handle, out var size);
        if (memory == 0) throw new VipsException();
        try
        {
            return new ReadOnlySpan<byte>((void*)memory, checked((int)size)).ToArray();
        }
        finally
        {
            VipsNative.Free(memory);
        }
    }

    protected override bool ReleaseHandle()
    {
        VipsNative.Unref(handle);
        return true;
    }
}
