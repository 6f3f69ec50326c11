using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Admits as many requests, and as many bytes, as the limits allow; others are told to come back before their bodies are read.
/// </summary>
internal sealed class Admission(IOptions<ServingOptions> options)
{
    private readonly Lock _lock = new();
    private int _requests;
    private long _bytes;

    /// <summary>Number of requests that are being handled.</summary>
    public int Requests
    {
        get
        {
            lock (_lock) return _requests;
        }
    }

    /// <summary>Admits the request until the result is disposed.</summary>
    /// <exception cref="ApiException">503: too many requests or bytes; 413: the request alone is too large.</exception>
    public AdmittedRequest Enter(HttpContext context)
    {
        var limits = options.Value;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = limits.MaxRequestBytes;
        return Enter(context.Request.ContentLength ?? limits.MaxRequestBytes);
    }

    /// <summary>Admits a request of so many bytes, from wherever it comes, until the result is disposed.</summary>
    /// <exception cref="ApiException">503: too many requests or bytes; 413: the request alone is too large.</exception>
    public AdmittedRequest Enter(long bytes)
    {
        var limits = options.Value;
        if (bytes > limits.MaxRequestBytes)
            throw new ApiException(413, "request_too_large",
                FormattableString.Invariant($"The request has {bytes:N0} bytes; the limit is {limits.MaxRequestBytes:N0}."),
                "Scale the images down, or send fewer at once.");
        lock (_lock)
        {
            if (_requests >= limits.MaxRequests || (_requests > 0 && _bytes + bytes > limits.MaxBytesInHand))
                throw Busy();
            _requests++;
            _bytes += bytes;
        }
        return new AdmittedRequest(this, bytes, limits.MaxRequestBytes);
    }

    /// <summary>Counts more bytes for an admitted request.</summary>
    /// <exception cref="ApiException">503: too many bytes.</exception>
    internal void Add(long bytes)
    {
        lock (_lock)
        {
            if (_requests > 1 && _bytes + bytes > options.Value.MaxBytesInHand)
                throw Busy();
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

    private static ApiException Busy() =>
        new(503, "busy", "Too many requests are being handled.", "Try again in a moment.") { RetryAfter = 1 };
}

/// <summary>An admitted request, until it is disposed.</summary>
/// <param name="admission">That admitted it.</param>
/// <param name="bytes">Size of its body; the largest allowed size where that is unknown.</param>
/// <param name="limit">Of the bytes that are fetched for it.</param>
internal sealed class AdmittedRequest(Admission admission, long bytes, long limit) : IDisposable
{
    private long _fetched;
    private int _left;

    /// <summary>Counts bytes that are fetched for this request, before they are stored. Thread-safe.</summary>
    /// <exception cref="ApiException">413: its images are too large together; 503: too many bytes of all requests.</exception>
    public void Fetched(int count)
    {
        if (Interlocked.Add(ref _fetched, count) > limit)
        {
            Interlocked.Add(ref _fetched, -count);
            throw new ApiException(413, "request_too_large",
                FormattableString.Invariant($"The images of the request have more than {limit:N0} bytes together."),
                "Send fewer or smaller images at once.");
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
