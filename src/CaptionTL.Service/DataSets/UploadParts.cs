using System.Security.Cryptography;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.DataSets;

/// <summary>
/// Archives that are sent in parts: what has arrived stays when the connection breaks, and the sender continues from there.
/// </summary>
internal sealed class UploadParts(IOptions<ServiceOptions> service, IOptions<DataSetOptions> options, DataSetStore store,
    DataSetService sets, TimeProvider clock)
{
    private const int IdLength = 32;

    private readonly string _root = service.Value.In("uploads");

    /// <param name="Name">Of the data set to be made.</param>
    /// <param name="Bytes">Of the archive.</param>
    /// <param name="Sha256">Of the archive, or null.</param>
    private sealed record Announced(string Name, long Bytes, string? Sha256);

    /// <exception cref="ApiException">The name is taken or invalid, or the size is out of range.</exception>
    public UploadState Start(UploadStart start)
    {
        if (store.Exists(DataSetName.Check(start.Name))) throw DataSetStore.Taken(start.Name);
        if (start.Bytes <= 0)
            throw ApiException.Invalid("The archive's size in bytes is missing.", "Send {\"name\": …, \"bytes\": …}.");
        if (start.Bytes > options.Value.MaxUploadBytes)
            throw new ApiException(413, "upload_too_large",
                FormattableString.Invariant($"Archives have up to {options.Value.MaxUploadBytes:N0} bytes here."),
                "Send it as several data sets.");
        if (start.Sha256 is { } sha && (sha.Length != 64 || !sha.All(char.IsAsciiHexDigit)))
            throw ApiException.Invalid("The SHA-256 is not valid.", "It has 64 hexadecimal digits.");
        var id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        Directory.CreateDirectory(Folder(id));
        File.WriteAllBytes(Data(id), []);
        AtomicFile.Write(Info(id), stream => JsonSerializer.Serialize(stream, new Announced(start.Name, start.Bytes, start.Sha256),
            Json.Compact));
        return State(id);
    }

    /// <exception cref="ApiException">There is no such upload, or it has expired.</exception>
    public UploadState State(string id)
    {
        var announced = Read(id);
        var data = new FileInfo(Data(id));
        return new UploadState(id, announced.Name, data.Length, announced.Bytes, new DateTimeOffset(data.LastWriteTimeUtc)
            + options.Value.UploadsKept);
    }

    /// <summary>Appends a part. When the connection breaks, what has arrived stays.</summary>
    /// <exception cref="ApiException">
    /// The part does not begin where the last one ended, is too long, or another part is being received.
    /// </exception>
    public async Task<UploadState> AppendAsync(string id, long offset, Stream body, CancellationToken cancellation)
    {
        using var turn = Take(id);
        var announced = Read(id);
        await using var file = new FileStream(Data(id), FileMode.Open, FileAccess.Write, FileShare.Read, 1 << 16);
        if (file.Length != offset)
            throw new ApiException(409, "upload_offset",
                FormattableString.Invariant($"The part begins at byte {offset}, but {file.Length} bytes have arrived."),
                FormattableString.Invariant($"Continue from byte {file.Length}."));
        file.Seek(0, SeekOrigin.End);
        var buffer = new byte[1 << 16];
        while (await body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            if (file.Position + read > announced.Bytes)
            {
                file.SetLength(offset);
                throw ApiException.Invalid(
                    FormattableString.Invariant($"The upload is longer than the {announced.Bytes} bytes announced."));
            }
            await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
        }
        await file.FlushAsync(CancellationToken.None);
        return State(id) with { Offset = file.Length };
    }

    /// <summary>Makes the data set. If that fails, the upload stays until it expires; if it succeeds, the upload is removed.</summary>
    public async Task<DataSetDetails> CompleteAsync(string id, string? by, CancellationToken cancellation)
    {
        using var turn = Take(id);
        var announced = Read(id);
        var length = new FileInfo(Data(id)).Length;
        if (length != announced.Bytes)
            throw new ApiException(409, "upload_incomplete",
                FormattableString.Invariant($"Only {length} of {announced.Bytes} bytes have arrived."),
                FormattableString.Invariant($"Send the rest, from byte {length}."));
        if (announced.Sha256 is { } sha)
        {
            await using var data = File.OpenRead(Data(id));
            if (!Convert.ToHexStringLower(await SHA256.HashDataAsync(data, cancellation)).Equals(sha, StringComparison.OrdinalIgnoreCase))
                throw new ApiException(422, "upload_damaged", "The archive's SHA-256 differs from the one announced.",
                    "Delete the upload and send it again.");
        }
        var made = await sets.CreateFromZipAsync(Data(id), announced.Name, by, cancellation);
        Directory.Delete(Folder(id), recursive: true);
        return made;
    }

    public void Delete(string id)
    {
        using var turn = Take(id);
        Directory.Delete(Folder(id), recursive: true);
    }

    /// <summary>Removes uploads to which nothing was added for too long.</summary>
    public void RemoveExpired()
    {
        if (!Directory.Exists(_root)) return;
        foreach (var id in Directory.EnumerateDirectories(_root).Select(f => Path.GetFileName(f)))
        {
            var changed = File.Exists(Data(id)) ? File.GetLastWriteTimeUtc(Data(id)) : Directory.GetLastWriteTimeUtc(Folder(id));
            if (clock.GetUtcNow() - changed < options.Value.UploadsKept) continue;
            using var turn = TryTake(id);
            if (turn is not null) Directory.Delete(Folder(id), recursive: true);
        }
    }

    private Announced Read(string id)
    {
        if (id.Length == IdLength && id.All(char.IsAsciiHexDigitLower) && File.Exists(Info(id)))
            return JsonSerializer.Deserialize<Announced>(File.ReadAllBytes(Info(id)), Json.Compact)!;
        throw ApiException.NotFound("There is no such upload; it may have expired.", "POST /api/v1/datasets/uploads starts one.");
    }

    private Turn Take(string id)
    {
        Read(id);
        return TryTake(id) ?? throw new ApiException(409, "upload_busy", "Another request is working on this upload.",
            "Wait until it has finished.") { RetryAfter = 1 };
    }

    private Turn? TryTake(string id) => FileLock.TryExclusive(Folder(id) + ".lock") is { } alone ? new Turn(alone, Folder(id)) : null;

    private string Folder(string id) => Path.Combine(_root, id);

    private string Info(string id) => Path.Combine(Folder(id), "upload.json");

    private string Data(string id) => Path.Combine(Folder(id), "upload.zip");

    /// <summary>
    /// Of this service and of others on the same data folder, one request at a time works on an upload. The lock lies beside its folder
    /// and goes with it.
    /// </summary>
    private sealed class Turn(FileStream alone, string folder) : IDisposable
    {
        public void Dispose()
        {
            alone.Dispose();
            if (!Directory.Exists(folder)) FileLock.TryDeleteUnused(alone.Name);
        }
    }
}
