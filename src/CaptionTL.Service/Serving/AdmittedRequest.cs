using CaptionTL.Service.Api;

namespace CaptionTL.Service.Serving;

/// <summary>A request that was let in, until it is disposed.</summary>
/// <param name="admission">That let it in.</param>
/// <param name="bytes">Of its body; the most it may have where that is not known.</param>
/// <param name="limit">On the bytes that are fetched for it.</param>
internal sealed class AdmittedRequest(Admission admission, long bytes, long limit) : IDisposable
{
    private long _fetched;
    private int _left;

    /// <summary>Counts bytes that come from elsewhere for this request; to be called before they are kept, from any thread.</summary>
    /// <exception cref="ApiException">413: its pictures are too large together; 503: too much is in hand.</exception>
    public void Fetched(int count)
    {
        if (Interlocked.Add(ref _fetched, count) > limit)
        {
            Interlocked.Add(ref _fetched, -count);
            throw new ApiException(413, "request_too_large", FormattableString.Invariant($"The pictures of the request have more than {limit:N0} bytes together."), "Send fewer or smaller pictures at once.");
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
