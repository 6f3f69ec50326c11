using System.Net;
using CaptionTL.IO;

namespace CaptionTL.Weights;

/// <summary>
/// Finds published weights: folders of the user, then the local cache, then a download. A file is only ever handed out
/// after its SHA-256 was found to be the published one, where one is known.
/// </summary>
public sealed class WeightStore(WeightStoreOptions options)
{
    private readonly ChecksumMemory _checksums = new(Path.Combine(options.CacheFolder, ".checksums"));

    public WeightStore()
        : this(WeightStoreOptions.FromEnvironment())
    {
    }

    /// <summary>SHA-256 of any local file, 64 lower-case hexadecimal digits; computed once while the file stays as it is.</summary>
    public string Sha256Of(string path) => _checksums.Of(path);

    /// <summary>Path of the weights on this machine, or null.</summary>
    /// <exception cref="WeightFileException">A file of that name is there, but it is another one.</exception>
    public string? Resolve(WeightFile row)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.RequireValid();
        return Candidates(row).FirstOrDefault(File.Exists) is { } path ? Verified(row, path) : null;
    }

    /// <summary>Path of the weights on this machine, downloaded first where need be.</summary>
    /// <exception cref="CaptionTLException">
    /// They are not here and cannot be downloaded; the message says where they come from and how to supply them.
    /// </exception>
    /// <exception cref="WeightFileException">A file of that name is here or was downloaded, but it is another one.</exception>
    public async Task<string> EnsureAsync(WeightFile row, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        if (Resolve(row) is { } path) return path;
        if (!options.AllowDownload) throw WeightStoreMessages.NotHere(row, [.. options.Folders, options.CacheFolder]);

        var target = Installed(row);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        RequireRoom(row);
        using var part = await OpenPartAsync(target + ".part", cancellation).ConfigureAwait(false);
        if (File.Exists(target)) // another process was quicker
        {
            File.Delete(target + ".part");
            return Verified(row, target);
        }
        var download = new ResumableDownload(row, part, options.HttpClient(), progress, options.RetryDelay);
        await download.RunAsync(cancellation).ConfigureAwait(false);
        var sum = Sum(part);
        if (!row.Matches(sum) && download.Resumed)
        {
            part.SetLength(0); // the two halves may be of different files: once more from the start
            await download.RunAsync(cancellation).ConfigureAwait(false);
            sum = Sum(part);
        }
        if (!row.Matches(sum))
        {
            part.SetLength(0);
            File.Delete(target + ".part.etag");
            throw new WeightFileException(row.Address.ToString(), "checksum",
                $"the SHA-256 of what was downloaded is {sum}, that of '{row.Name}' is {row.Sha256}: it was changed on the way or a "
                    + $"newer version; nothing was kept");
        }
        part.Flush(flushToDisk: true);
        File.Move(target + ".part", target, overwrite: true);
        File.Delete(target + ".part.etag");
        FolderSync.Flush(Path.GetDirectoryName(target)!);
        return target;
    }

    /// <summary>Copies a file that the user has into the cache.</summary>
    /// <returns>Where it is now.</returns>
    /// <exception cref="WeightFileException">It is another file.</exception>
    public string Install(string file, WeightFile row)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.RequireValid();
        if (!File.Exists(file)) throw new CaptionTLException($"There is no file {file}.");
        Verified(row, file);
        var target = Installed(row);
        AtomicFile.Write(target, to =>
        {
            using var from = File.OpenRead(file);
            from.CopyTo(to);
        });
        return Verified(row, target); // read back: the copy is what counts
    }

    /// <summary>
    /// Reads the weights on this machine anew, whatever was remembered of them: their SHA-256, and whether they are a file of weights.
    /// </summary>
    /// <returns>Null where they are not on this machine.</returns>
    public WeightCheck? Verify(WeightFile row)
    {
        ArgumentNullException.ThrowIfNull(row);
        row.RequireValid();
        if (Candidates(row).FirstOrDefault(File.Exists) is not { } path) return null;
        var sum = "";
        try
        {
            sum = ChecksumMemory.Compute(path);
            if (!row.Matches(sum))
                return new WeightCheck(row.Name, path, sum, $"its SHA-256 should be {row.Sha256}{(row.Sha256.Length < 64 ? "…" : "")}: "
                    + $"the file is damaged or another one");
            using var file = TensorFile.Open(path);
            return new WeightCheck(row.Name, path, sum, file.Tensors.Count == 0 ? "there are no tensors in it" : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or WeightFileException)
        {
            return new WeightCheck(row.Name, path, sum, e.Message);
        }
    }

    /// <summary>Every place where the file may be; the first that exists is taken.</summary>
    private IEnumerable<string> Candidates(WeightFile row)
    {
        foreach (var folder in options.Folders)
        {
            yield return Path.GetFullPath(Path.Combine(folder, row.Name, row.FileName));
            yield return Path.GetFullPath(Path.Combine(folder, row.Name + Path.GetExtension(row.FileName)));
            if (row.FileName != "model.safetensors") yield return Path.GetFullPath(Path.Combine(folder, row.FileName));
        }
        yield return Installed(row);
    }

    private string Installed(WeightFile row) => Path.GetFullPath(Path.Combine(options.CacheFolder, row.Name, row.FileName));

    private string Verified(WeightFile row, string path)
    {
        try
        {
            var sum = _checksums.Of(path);
            return row.Matches(sum) ? path : throw WeightStoreMessages.WrongChecksum(row, path, sum);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightFileException(path, "file", e.Message, e);
        }
    }

    private void RequireRoom(WeightFile row)
    {
        var free = new DriveInfo(Path.GetFullPath(options.CacheFolder)).AvailableFreeSpace;
        if (row.Size > free) throw WeightStoreMessages.NoRoom(row, options.CacheFolder, free);
    }

    /// <summary>The partial file, locked: a second process waits until the first is done.</summary>
    private static async Task<FileStream> OpenPartAsync(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                // FileShare.Delete is what Windows wants for the rename; there it excludes other writers just the same.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete
                    : FileShare.None, 1);
            }
            catch (IOException e) when (FileLock.IsHeldByAnother(e))
            {
                await Task.Delay(200, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static string Sum(FileStream part)
    {
        part.Position = 0;
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(part));
    }
}

/// <summary>Where weights are looked for and how they are fetched.</summary>
public sealed record WeightStoreOptions
{
    private static readonly Lazy<HttpClient> Shared = new(() =>
    {
        var client = new HttpClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("CaptionTL");
        return client;
    });

    /// <summary>Folders that hold NAME/FILE or NAME.EXTENSION; read only.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Downloads and installed files go here.</summary>
    public string CacheFolder { get; init; } = AppFolders.Models;

    /// <summary>The client of a download; it is not disposed.</summary>
    public Func<HttpClient> HttpClient { get; init; } = () => Shared.Value;

    /// <summary>False: nothing leaves this machine.</summary>
    public bool AllowDownload { get; init; } = true;

    /// <summary>Wait after the first try that failed; doubled every time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>CAPTIONTL_MODELS (folders, separated as in PATH), CAPTIONTL_HOME, CAPTIONTL_OFFLINE=1.</summary>
    public static WeightStoreOptions FromEnvironment() => new()
    {
        Folders = (Environment.GetEnvironmentVariable("CAPTIONTL_MODELS") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        AllowDownload = Environment.GetEnvironmentVariable("CAPTIONTL_OFFLINE") is not ("1" or "true"),
    };
}

/// <summary>A row of the manifest: one published weight file.</summary>
public sealed record WeightFile
{
    /// <summary>What the weights are called, for instance <c>tf_efficientnet_lite0.in1k</c>; also a folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>The file's own name, for instance <c>model.safetensors</c> or <c>resnet50-0676ba61.pth</c>.</summary>
    public required string FileName { get; init; }

    /// <summary>Where its publisher offers it.</summary>
    public required Uri Address { get; init; }

    /// <summary>Bytes, where known.</summary>
    public long? Size { get; init; }

    /// <summary>
    /// SHA-256 in hexadecimal: all 64 digits, the first ones (at least eight) where only those are known, or empty where none are: then
    /// the file's own structure and the network's shapes are the only check.
    /// </summary>
    public required string Sha256 { get; init; }

    /// <summary>SPDX name, for instance Apache-2.0.</summary>
    public required string Licence { get; init; }

    /// <summary>Who trained it on what.</summary>
    public required string Source { get; init; }

    /// <summary>Whether a file's SHA-256 is the published one.</summary>
    public bool Matches(string sha256) => sha256 is not null && sha256.StartsWith(Sha256, StringComparison.OrdinalIgnoreCase);

    /// <summary>Rows are written by hand: what is wrong in one is found when it is used first.</summary>
    internal void RequireValid()
    {
        if (!IsFileName(Name) || !IsFileName(FileName)) throw new ArgumentException($"'{Name}' and '{FileName}' must be plain file names");
        if (Sha256.Length is (> 0 and < 8) or > 64 || !Sha256.All(char.IsAsciiHexDigit))
            throw new ArgumentException($"{Name}: '{Sha256}' is not a SHA-256 or the start of one");
    }

    private static bool IsFileName(string name) => name.Length > 0 && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}

/// <summary>What <see cref="WeightStore.Verify"/> found.</summary>
/// <param name="Name">Of the weights.</param>
/// <param name="Path">The file.</param>
/// <param name="Sha256">Of the file as it is now; empty where it cannot be read.</param>
/// <param name="Problem">What is wrong; null where nothing is.</param>
public sealed record WeightCheck(string Name, string Path, string Sha256, string? Problem);

/// <summary>What a person without weights is told.</summary>
internal static class WeightStoreMessages
{
    public static CaptionTLException NotHere(WeightFile row, IReadOnlyList<string> searched) =>
        new($"The weights '{row.Name}' are not on this machine (looked in {string.Join(", ", searched)}) and downloads are off. "
            + $"{HowToSupply(row)}", isInput: false);

    public static CaptionTLException Unreachable(WeightFile row, long received, Exception reason) =>
        new($"The weights '{row.Name}' could not be downloaded from {row.Address}: {reason.Message}. "
            + (received > 0 ? $"{received} bytes arrived and are kept; the same command goes on from there. " : "") + HowToSupply(row),
            isInput: false, reason);

    public static CaptionTLException Refused(WeightFile row, HttpStatusCode status, Exception reason) =>
        new($"The weights '{row.Name}' could not be downloaded: {row.Address} answers {(int)status} {status}. {HowToSupply(row)}",
            isInput: false, reason);

    public static CaptionTLException AnotherSize(WeightFile row, long offered) =>
        new($"{row.Address} answers with {offered} bytes or more, '{row.Name}' has {row.Size}: a page of a proxy or another version. "
            + $"{HowToSupply(row)}", isInput: false);

    public static CaptionTLException NoRoom(WeightFile row, string folder, long free) =>
        new($"'{row.Name}' takes {row.Size} bytes, {folder} has {free} free. Free some space, or set CAPTIONTL_HOME to a folder on "
            + $"another disk.", isInput: false);

    public static WeightFileException WrongChecksum(WeightFile row, string file, string actual) =>
        new(file, "checksum", $"its SHA-256 is {actual}, that of '{row.Name}' is {row.Sha256}{(row.Sha256.Length < 64 ? "…" : "")}: "
            + $"the file is damaged or another one. Delete it to have it fetched from {row.Address} again");

    private static string HowToSupply(WeightFile row) =>
        $"To supply them: fetch {row.Address} on any machine, then run `captiontl models pull {row.Name} --from FILE`, or save it as "
            + $"FOLDER/{row.Name}/{row.FileName} and set CAPTIONTL_MODELS=FOLDER; "
        + $"`captiontl models pull {row.Name}` tries the download again.";
}
