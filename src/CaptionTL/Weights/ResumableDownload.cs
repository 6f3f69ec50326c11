using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace CaptionTL.Weights;

/// <summary>
/// Brings one file from the web into a partial file, going on where an earlier try broke off: HTTP range requests,
/// guarded by the server's entity tag (RFC 9110, If-Range). Whether the content is right is the caller's to check.
/// </summary>
internal sealed class ResumableDownload(WeightFile row, FileStream part, HttpClient client, IProgress<DownloadProgress>? progress,
    TimeSpan retryDelay)
{
    private const int FruitlessTries = 4;
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(60);

    private readonly string _tagFile = part.Name + ".etag";
    private readonly Stopwatch _clock = new();
    private long _started;

    /// <summary>True where the bytes came in more than one answer.</summary>
    public bool Resumed { get; private set; } = part.Length > 0;

    /// <exception cref="CaptionTLException">The server refuses, cannot be reached, or breaks off again and again; what arrived is
    /// kept.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var fruitless = 0; ;)
        {
            var before = part.Length;
            Exception reason;
            try
            {
                if (await ReceiveAsync(cancellation).ConfigureAwait(false)) return;
                reason = new IOException("the connection ended before the file did");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException
                && !cancellation.IsCancellationRequested)
            {
                if (e is HttpRequestException { StatusCode: { } status } && !IsPassing(status))
                    throw WeightStoreMessages.Refused(row, status, e);
                reason = e;
            }
            fruitless = part.Length > before ? 0 : fruitless + 1;
            if (fruitless == FruitlessTries || reason is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError })
                throw WeightStoreMessages.Unreachable(row, part.Length, reason);
            await Task.Delay(retryDelay * (1 << fruitless), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>One request; false where the content ended early.</summary>
    private async Task<bool> ReceiveAsync(CancellationToken cancellation)
    {
        if (part.Length > row.Size) Restart();
        if (part.Length == row.Size) return true;
        using var request = new HttpRequestMessage(HttpMethod.Get, row.Address);
        if (part.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            if (ReadTag() is { } tag) request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        }
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && part.Length > 0)
        {
            Restart();
            return false;
        }
        response.EnsureSuccessStatusCode();
        var range = response.Content.Headers.ContentRange;
        var goesOn = response.StatusCode == HttpStatusCode.PartialContent && range?.From == part.Length;
        if (response.StatusCode == HttpStatusCode.PartialContent && !goesOn)
        {
            Restart();
            return false;
        }
        var total = goesOn ? range!.Length : response.Content.Headers.ContentLength;
        if (row.Size is { } size && total is { } offered && offered != size) throw WeightStoreMessages.AnotherSize(row, offered);
        if (!goesOn)
        {
            Restart();
            WriteTag(response.Headers.ETag);
        }
        Resumed = goesOn;
        await CopyAsync(response, total ?? row.Size, cancellation).ConfigureAwait(false);
        return total is null || part.Length == total;
    }

    private async Task CopyAsync(HttpResponseMessage response, long? total, CancellationToken cancellation)
    {
        _clock.Restart();
        _started = part.Length;
        part.Position = part.Length;
        var buffer = new byte[1 << 17];
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var content = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        await using var _ = content.ConfigureAwait(false);
        while (true)
        {
            stall.CancelAfter(StallLimit);
            var read = await content.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
            if (read == 0) return;
            if (row.Size is { } size && part.Length + read > size) throw WeightStoreMessages.AnotherSize(row, part.Length + read);
            Append(buffer.AsSpan(0, read));
            var seconds = _clock.Elapsed.TotalSeconds;
            progress?.Report(new DownloadProgress(row.Name, part.Length, total, seconds > 0 ? (part.Length - _started) / seconds : 0));
        }
    }

    /// <summary>A full disk is no reason to ask the server again.</summary>
    private void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            part.Write(bytes);
            part.Flush();
        }
        catch (IOException e)
        {
            throw new CaptionTLException($"{part.Name} cannot be written: {e.Message}", isInput: false, e);
        }
    }

    private void Restart()
    {
        part.SetLength(0);
        part.Position = 0;
        File.Delete(_tagFile);
        Resumed = false;
    }

    private EntityTagHeaderValue? ReadTag() =>
        File.Exists(_tagFile) && EntityTagHeaderValue.TryParse(File.ReadAllText(_tagFile), out var tag) ? tag : null;

    /// <summary>Weak tags do not promise equal bytes and may not guard a range.</summary>
    private void WriteTag(EntityTagHeaderValue? tag)
    {
        if (tag is { IsWeak: false }) File.WriteAllText(_tagFile, tag.ToString());
    }

    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;
}

/// <summary>How far a download is.</summary>
/// <param name="Name">The weights' name.</param>
/// <param name="Received">Bytes on this machine, those of an earlier try included.</param>
/// <param name="Total">Bytes of the whole file, where known.</param>
/// <param name="BytesPerSecond">Mean of this try.</param>
public sealed record DownloadProgress(string Name, long Received, long? Total, double BytesPerSecond);
