using System.Runtime.InteropServices;
using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

/// <summary>Writes pictures of every format with libvips' savers, so that the tests decode real files.</summary>
internal static unsafe partial class VipsEncoder
{
    /// <param name="image">The pixels.</param>
    /// <param name="saver">"jpegsave_buffer" and the like.</param>
    /// <param name="prepare">Operations applied before: name and arguments (an empty argument list is fine).</param>
    /// <param name="options">The saver's arguments.</param>
    /// <param name="orientation">EXIF's, or 0 for none.</param>
    public static byte[] Encode(RgbImage image, string saver, (string Name, (string, string)[] Arguments)[]? prepare = null, (string, string)[]? options = null, int orientation = 0) =>
        Encode(image.Pixels, image.Width, image.Height, 3, saver, prepare, options, orientation);

    public static byte[] Encode(byte[] pixels, int width, int height, int bands, string saver,
        (string Name, (string, string)[] Arguments)[]? prepare = null, (string, string)[]? options = null, int orientation = 0)
    {
        VipsLibrary.EnsureStarted();
        fixed (byte* data = pixels)
        {
            var image = new VipsImage(VipsNative.FromMemory(data, (nuint)pixels.Length, width, height, bands, VipsImage.UChar));
            SetInterpretation(image.DangerousGetHandle(), bands);
            foreach (var (name, arguments) in prepare ?? [])
            {
                using var step = new VipsOperation(name);
                step.Set("in", image);
                foreach (var (argument, value) in arguments) step.Set(argument, value);
                var next = Checked(step.BuildImage);
                image.Dispose();
                image = next;
            }
            if (orientation > 0) SetInt(image.DangerousGetHandle(), "orientation", orientation);
            using (image)
            using (var save = new VipsOperation(saver))
            {
                save.Set("in", image);
                foreach (var (argument, value) in options ?? []) save.Set(argument, value);
                return Checked(save.BuildBytes);
            }
        }
    }

    private static T Checked<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (VipsException)
        {
            throw new InvalidOperationException(VipsLibrary.TakeError());
        }
    }

    /// <summary>sRGB for three and four bands, grey for one and two.</summary>
    private static void SetInterpretation(nint image, int bands) =>
        InitFields(image, GetWidth(image), VipsNative.GetHeight(image), bands, VipsImage.UChar, 0, bands >= 3 ? VipsImage.Srgb : VipsImage.Grey, 1, 1);

    private static int GetWidth(nint image) => VipsNative.GetWidth(image);

    [LibraryImport("libvips.so.42", EntryPoint = "vips_image_init_fields")]
    private static partial void InitFields(nint image, int width, int height, int bands, int format, int coding, int interpretation, double xres, double yres);

    [LibraryImport("libvips.so.42", EntryPoint = "vips_image_set_int", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void SetInt(nint image, string field, int value);
}
