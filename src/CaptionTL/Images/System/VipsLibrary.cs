using System.Runtime.InteropServices;

namespace CaptionTL.Images;

/// <summary>libvips, started once a process with the settings that many small, untrusted pictures need.</summary>
internal static unsafe class VipsLibrary
{
    /// <summary>G_LOG_LEVEL_WARNING with fatal and recursive calls.</summary>
    private const int Warnings = (1 << 4) | 1 | 2;

    private static readonly Lazy<bool> Started = new(Start);

    /// <exception cref="CaptionTLException">libvips is not installed or does not start.</exception>
    public static void EnsureStarted() => _ = Started.Value;

    /// <summary>The error text gathered so far. It is one buffer for all threads: see <see cref="VipsImageDecoder"/> on how it is kept apart.</summary>
    public static string TakeError()
    {
        var copy = VipsNative.CopyErrorBuffer();
        VipsNative.ClearErrorBuffer();
        var text = Marshal.PtrToStringUTF8(copy) ?? "";
        VipsNative.Free(copy);
        return string.Join("; ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
    }

    private static bool Start()
    {
        try
        {
            // libvips loads its plug-ins (ImageMagick, PDF, OpenSlide …) from beside its prefix when it starts, all of them blocked below. They
            // would also put Debian's libsqlite3 in front of the program's own SQLite, whose calls within itself then end in the wrong library.
            VipsNative.SetEnvironment("VIPSHOME", "/nonexistent", 1);
            if (VipsNative.Init("captiontl") != 0) throw new CaptionTLException($"libvips does not start: {TakeError()}", isInput: false);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new CaptionTLException("libvips 8.13 or later is needed to read pictures and was not found; on Debian: apt-get install libvips-dev", isInput: false, e);
        }
        // Parallelism is over pictures; operations are never repeated, so remembering them would only hold memory.
        VipsNative.SetConcurrency(1);
        VipsNative.SetCacheMax(0);
        // Of all that libvips can load, only the formats that are read. Everything else (ImageMagick, PDF, SVG, OpenSlide, …) is blocked
        // even where a file could name it.
        VipsNative.SetBlocked("VipsForeignLoad", 1);
        foreach (var loader in (string[])["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadTiff"])
            VipsNative.SetBlocked(loader, 0);
        // Warnings about odd but readable files would otherwise appear between the program's own lines.
        VipsNative.SetLogHandler("VIPS", Warnings, &Ignore, 0);
        return true;
    }

    [UnmanagedCallersOnly]
    private static void Ignore(nint domain, int level, nint message, nint data)
    {
    }
}
