using System.Text;
using CaptionTL.IO;
using CaptionTL.Weights.Hdf5;
using CaptionTL.Weights.PyTorch;

namespace CaptionTL.Weights;

/// <summary>Opens weight files; the format is told by the first bytes, never by the name.</summary>
public static class TensorFile
{
    private static ReadOnlySpan<byte> Hdf5Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A safetensors file, a PyTorch checkpoint (zip or legacy format) or an HDF5 file of Keras.</summary>
    /// <exception cref="WeightFileException">The file cannot be read, is damaged, or is something else; the message says what it looks like.</exception>
    public static ITensorFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Span<byte> buffer = stackalloc byte[64];
        var start = (ReadOnlySpan<byte>)buffer[..ReadStart(path, buffer)];
        if (start.StartsWith(Hdf5Signature)) return Hdf5File.Open(path);
        if (start.StartsWith("PK"u8) || (start.Length > 1 && start[0] == 0x80 && start[1] is > 0 and <= 5)) return TorchFile.Open(path);
        if (WhatElse(start) is { } other) throw new WeightFileException(path, "start", $"this is {other}, not a file of weights (.safetensors, .pth, .pt, .h5)");
        return SafetensorsFile.Open(path);
    }

    /// <summary>What people hand over in place of weights, or null.</summary>
    internal static string? WhatElse(ReadOnlySpan<byte> start)
    {
        var text = Encoding.Latin1.GetString(start).TrimStart('\uFEFF', '\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal)) return "a Git LFS pointer (run `git lfs pull`)";
        if (text.StartsWith('<')) return "a web page: the download gave a page in place of the file";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])) return "a PNG picture";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return "a JPEG picture";
        if (start.StartsWith("GIF8"u8)) return "a GIF picture";
        if (start.StartsWith("BM"u8)) return "a BMP picture";
        if (start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8)) return "a TIFF picture";
        if (start.StartsWith("RIFF"u8)) return "a WebP picture or a sound";
        if (start.StartsWith("%PDF"u8)) return "a PDF document";
        if (start.StartsWith("GGUF"u8)) return "a GGUF file of a language model";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M'])) return "a NumPy array";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return "a gzip archive: unpack it first";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z'])) return "an xz archive: unpack it first";
        if (start.StartsWith("7z\u00BC"u8) || start.StartsWith("Rar!"u8)) return "an archive: unpack it first";
        return text.StartsWith('{') ? "JSON text" : null;
    }

    private static int ReadStart(string path, Span<byte> buffer)
    {
        try
        {
            using var stream = FileLock.OpenShared(path);
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightFileException(path, "file", e.Message, e);
        }
    }
}
