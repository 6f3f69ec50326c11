using System.Globalization;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Lets in as many requests, and as many bytes, as the memory is meant for; the others are told to come back before anything of them is
/// read.
/// </summary>
internal sealed class Admission(IOptions<ServingOptions> options)
{
    private readonly Lock _lock = new();
    private int _requests;
    private long _bytes;

    /// <summary>In hand now.</summary>
    public int Requests
    {
        get
        {
            lock (_lock) return _requests;
        }
    }

    /// <summary>Takes the request in, until what is returned is disposed.</summary>
    /// <exception cref="ApiException">503: too much is in hand; 413: the request alone is too large.</exception>
    public AdmittedRequest Enter(HttpContext context)
    {
        var limits = options.Value;
        var bytes = context.Request.ContentLength ?? limits.MaxRequestBytes;
        if (bytes > limits.MaxRequestBytes)
            throw new ApiException(413, "request_too_large",
                string.Create(CultureInfo.InvariantCulture, $"The request has {bytes:N0} bytes; at most "
                + $"{limits.MaxRequestBytes:N0} are taken."), "Scale the images down, or send fewer at once.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = limits.MaxRequestBytes;
        lock (_lock)
        {
            if (_requests >= limits.MaxRequests || (_requests > 0 && _bytes + bytes > limits.MaxBytesInHand))
                throw new ApiException(503, "busy", "More requests are in hand than can be taken.",
                    "Try again in a moment.") { RetryAfter = 1 };
            _requests++;
            _bytes += bytes;
        }
        return new AdmittedRequest(this, bytes, limits.MaxRequestBytes);
    }

    /// <summary>More bytes for a request that is in hand.</summary>
    /// <exception cref="ApiException">503: too much is in hand.</exception>
    internal void Add(long bytes)
    {
        lock (_lock)
        {
            if (_requests > 1 && _bytes + bytes > options.Value.MaxBytesInHand)
                throw new ApiException(503, "busy", "More requests are in hand than can be taken.",
                    "Try again in a moment.") { RetryAfter = 1 };
            _bytes += bytes;
        }
    }

    internal void Leave(long bytes)
    {
        lock (_lock)
        {
            _requests--;
            _bytes -= bytes;
        }
    }
}

/// <summary>A request that was let in, until it is disposed.</summary>
/// <param name="admission">That let it in.</param>
/// <param name="bytes">Of its body; the most it may have where that is not known.</param>
/// <param name="limit">On the bytes that are fetched for it.</param>
internal sealed class AdmittedRequest(Admission admission, long bytes, long limit) : IDisposable
{
    private long _fetched;
    private int _left;

    /// <summary>Counts bytes that come from elsewhere for this request; to be called before they are kept, from any thread.</summary>
    /// <exception cref="ApiException">413: its images are too large together; 503: too much is in hand.</exception>
    public void Fetched(int count)
    {
        if (Interlocked.Add(ref _fetched, count) > limit)
        {
            Interlocked.Add(ref _fetched, -count);
            throw new ApiException(413, "request_too_large",
                string.Create(CultureInfo.InvariantCulture, $"The images of the request have more than "
                + $"{limit:N0} bytes together."), "Send fewer or smaller images at once.");
        }
        try
        {
            admission.Add(count);
        }
        catch (ApiException)
        {
            Interlocked.Add(ref _fetched, -count);
            throw;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0) admission.Leave(bytes + Interlocked.Read(ref _fetched));
    }
}
