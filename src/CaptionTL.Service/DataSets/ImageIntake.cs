using System.Security.Cryptography;
using CaptionTL.Datasets;
using CaptionTL.IO;
using CaptionTL.Images;
using CaptionTL.Service.Api;

namespace CaptionTL.Service.DataSets;

/// <summary>Takes images one by one into a new folder under numbers; the names they came with are only written down.</summary>
/// <param name="folder">Of the data set in the making.</param>
/// <param name="limits">How much may come.</param>
internal sealed class ImageIntake(string folder, DataSetOptions limits)
{
    private const int LongestName = 200;

    private readonly List<ImageRow> _rows = [];
    private readonly List<DatasetProblem> _leftOut = [];
    private long _bytes;

    public string Folder => folder;

    public IReadOnlyList<ImageRow> Rows => _rows;

    public IReadOnlyList<DatasetProblem> LeftOut => _leftOut;

    public void Leave(string name, string reason) => _leftOut.Add(new DatasetProblem(Shown(name), reason));

    /// <summary>Keeps an image. What is no image at all is left out; a damaged one is kept, and the check tells.</summary>
    /// <exception cref="ApiException">More bytes or files than are taken.</exception>
    public void Add(byte[] bytes, string name, IReadOnlyList<string>? captions, string? label, Split? split)
    {
        _bytes += bytes.Length;
        if (_bytes > limits.MaxUnpackedBytes) throw TooLarge(limits.MaxUnpackedBytes);
        if (_rows.Count + _leftOut.Count >= limits.MaxFiles) throw TooMany(limits.MaxFiles);
        if (Extension(bytes, name) is not { } extension) return;
        var id = _rows.Count + 1;
        var size = Size(bytes);
        var row = new ImageRow
        {
            Id = id, File = ImageRow.FileOf(id, extension), Name = Shown(name),
            Bytes = bytes.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Width = size?.Width, Height = size?.Height,
            Captions = captions is { Count: > 0 } ? captions : null, Label = label, Split = split,
        };
        var path = Path.Combine(folder, row.File);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        _rows.Add(row);
    }

    /// <summary>A person looked at these: it is kept with them.</summary>
    public void MarkCorrected()
    {
        for (var i = 0; i < _rows.Count; i++) _rows[i] = _rows[i] with { Corrected = true };
    }

    public static ApiException TooLarge(long bytes) =>
        new(413, "upload_too_large", FormattableString.Invariant($"The upload has more than {bytes:N0} bytes when unpacked."),
            "Send it as several data sets, or smaller images: networks look at a few hundred pixels a side.");

    public static ApiException TooMany(int files) =>
        new(413, "too_many_files", FormattableString.Invariant($"The upload has more than {files:N0} files."),
            "Send it as several data sets.");

    private string? Extension(byte[] bytes, string name)
    {
        try
        {
            return ImageFormatDetector.Detect(bytes) switch
            {
                ImageFormat.Jpeg => ".jpg",
                var other => "." + other.ToString().ToLowerInvariant(),
            };
        }
        catch (ImageException e)
        {
            Leave(name, e.Message);
            return null;
        }
    }

    private static ImageHeader? Size(byte[] bytes)
    {
        try
        {
            return ImageDecoder.ReadHeader(bytes);
        }
        catch (ImageException)
        {
            return null;
        }
    }

    /// <summary>Without control characters, which could forge lines of logs and terminals, and not endless.</summary>
    private static string Shown(string name)
    {
        var plain = new string([.. name.Select(c => char.IsControl(c) ? '_' : c)]).Trim();
        if (plain.Length == 0) return "image";
        return plain.Length <= LongestName ? plain : "…" + plain[^(LongestName - 1)..];
    }
}

/// <summary>A folder for something in the making; gone when disposed. Its lock tells a living one from what a crash left.</summary>
internal sealed class StagingFolder : IDisposable
{
    private const string LockFile = ".lock";

    private readonly FileStream _lock;

    public StagingFolder(string root)
    {
        Path = System.IO.Path.Combine(root, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path);
        _lock = new FileStream(System.IO.Path.Combine(Path, LockFile), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1);
    }

    public string Path { get; }

    public string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose()
    {
        _lock.Dispose();
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }

    /// <summary>Removes what processes left that are no more.</summary>
    /// <returns>How many folders were removed.</returns>
    public static int RemoveLeftovers(string root)
    {
        if (!Directory.Exists(root)) return 0;
        var removed = 0;
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            try
            {
                // Made a moment ago, perhaps not locked yet.
                if (DateTime.UtcNow - Directory.GetCreationTimeUtc(folder) < TimeSpan.FromSeconds(10)) continue;
                using (var alone = FileLock.TryExclusive(System.IO.Path.Combine(folder, LockFile)))
                    if (alone is null) continue;
                Directory.Delete(folder, recursive: true);
                removed++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or not ours; the next clean-up looks again.
            }
        }
        return removed;
    }
}
