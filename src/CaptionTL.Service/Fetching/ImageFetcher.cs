using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using CaptionTL.Service.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Fetching;

/// <summary>
/// Fetches an image from the public internet for a caller who names its address: https only; every name is resolved once for each
/// connection, all its addresses must be public, and one of those very addresses is connected to; redirects are followed by hand, each
/// under the same rules. No proxy, no cookies, no credentials.
/// </summary>
public sealed class ImageFetcher : IDisposable
{
    private const int LongestUrl = 4096;

    private readonly FetchingOptions _options;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly Func<IPAddress, bool> _isAllowed;
    private readonly HttpMessageInvoker _http;
    private readonly SemaphoreSlim _atOnce;

    public ImageFetcher(IOptions<FetchingOptions> options) : this((options ?? throw new ArgumentNullException(nameof(options))).Value,
        Dns.GetHostAddressesAsync, PublicAddress.IsPublic, null)
    {
    }

    /// <param name="options">Limits.</param>
    /// <param name="resolve">Name to addresses.</param>
    /// <param name="isAllowed">Whether an address may be connected to.</param>
    /// <param name="certificates">Checks certificates in place of the machine's own rules.</param>
    internal ImageFetcher(FetchingOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        Func<IPAddress, bool> isAllowed, RemoteCertificateValidationCallback? certificates)
    {
        (_options, _resolve, _isAllowed) = (options, resolve, isAllowed);
        _atOnce = new SemaphoreSlim(Math.Max(1, options.AtOnce));
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, Credentials = null, PreAuthenticate = false,
                AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 32, PooledConnectionLifetime = TimeSpan.FromMinutes(1), ConnectCallback = ConnectAsync,
                ActivityHeadersPropagator = null,
        };
        if (certificates is not null) handler.SslOptions.RemoteCertificateValidationCallback = certificates;
        _http = new HttpMessageInvoker(handler);
    }

    /// <param name="url">Of the image.</param>
    /// <param name="count">Told of bytes before they are kept; what it throws ends the fetching.</param>
    /// <param name="cancellation">Nobody waits for it any more.</param>
    /// <returns>The image's bytes as they came; nothing is known of them yet.</returns>
    /// <exception cref="ApiException">Switched off, not an address that may be fetched, too large, too slow, or not to be had.</exception>
    public async Task<byte[]> FetchAsync(string url, Action<int>? count, CancellationToken cancellation)
    {
        if (!_options.Enabled)
            throw new ApiException(403, "fetching_disabled", "This service does not fetch images by their address.",
                "Send the image itself.");
        var uri = Check(url);
        if (!await _atOnce.WaitAsync(_options.Timeout, cancellation))
            throw new ApiException(503, "fetching_busy", "Too many images are being fetched.",
                "Try again in a moment.") { RetryAfter = 1 };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.Timeout);
        try
        {
            return await FollowAsync(uri, count, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ApiException(504, "url_too_slow", string.Create(CultureInfo.InvariantCulture, $"The image did not come within "
                + $"{_options.Timeout.TotalSeconds:0.#} seconds."), "Send the image itself.");
        }
        catch (HttpRequestException e) when (e.InnerException is ApiException refused)
        {
            throw refused;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw NotFetched("The server could not be reached, or broke off.");
        }
        finally
        {
            _atOnce.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _atOnce.Dispose();
    }

    private async Task<byte[]> FollowAsync(Uri uri, Action<int>? count, CancellationToken cancellation)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get,
                uri) { Headers = { { "Accept", "image/*" }, { "User-Agent", "CaptionTL" } } };
            using var response = await _http.SendAsync(request, cancellation);
            if (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            {
                if (redirects >= _options.MaxRedirects)
                    throw NotFetched(FormattableString.Invariant($"The address leads on more than {_options.MaxRedirects} times."));
                uri = response.Headers.Location is { } next ? Check(new Uri(uri, next))
                    : throw NotFetched("The address leads on to nowhere.");
                continue;
            }
            if (response.StatusCode != HttpStatusCode.OK)
                throw NotFetched(FormattableString.Invariant($"The server answered {(int)response.StatusCode}."));
            return await ReadAsync(response.Content, count, cancellation);
        }
    }

    private async Task<byte[]> ReadAsync(HttpContent content, Action<int>? count, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > _options.MaxBytes) throw TooLarge();
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            if (bytes.Length + read > _options.MaxBytes) throw TooLarge();
            count?.Invoke(read);
            bytes.Write(buffer.AsSpan(0, read));
        }
        return bytes.ToArray();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var addresses = await AddressesAsync(context.DnsEndPoint.Host, cancellation);
        // One public address among others would let a name choose which one is met: all must be.
        if (addresses.Length == 0 || !addresses.All(_isAllowed)) throw NotPublic();
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], context.DnsEndPoint.Port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>Numbers in any of the forms that sockets take (127.1, 0x7f000001, 2130706433) are addresses, not names.</summary>
    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal)) return [literal];
        try
        {
            return await _resolve(host, cancellation);
        }
        catch (SocketException)
        {
            throw NotFetched("There is no server of that name.");
        }
    }

    private static Uri Check(string url) => url is { Length: > 0 and <= LongestUrl } && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        ? Check(uri) : throw Invalid("The image's address is not one.");

    private static Uri Check(Uri uri)
    {
        if (uri.Scheme != Uri.UriSchemeHttps) throw Invalid("Images are fetched by https only.");
        if (uri.UserInfo.Length > 0) throw Invalid("The image's address has a user's name in it.");
        return uri.HostNameType is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 ? uri
            : throw Invalid("The image's address has no server's name in it.");
    }

    private static ApiException Invalid(string message) => new(400, "url_invalid", message, "Write https://SERVER/PATH.");

    private static ApiException NotPublic() =>
        new(400, "url_not_public", "The image's address is not on the public internet.", "Send the image itself.");

    private static ApiException NotFetched(string message) => new(422, "url_not_fetched", $"The image could not be fetched. {message}",
        "Open the address in a browser, or send the image itself.");

    private ApiException TooLarge() =>
        new(413, "image_too_large", FormattableString.Invariant($"The image has more than {_options.MaxBytes:N0} bytes."),
        "Scale it down: the network looks at some hundred pixels a side.");
}

/// <summary>Images by address; section "CaptionTL:Fetching".</summary>
public sealed class FetchingOptions
{
    public const string Section = ServiceOptions.Section + ":Fetching";

    /// <summary>Off unless switched on: the service then opens connections that callers name.</summary>
    public bool Enabled { get; set; }

    /// <summary>Bytes of an image.</summary>
    public long MaxBytes { get; set; } = 32L << 20;

    /// <summary>From the request to the last byte, redirects included.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Redirects that are followed.</summary>
    public int MaxRedirects { get; set; } = 5;

    /// <summary>Images fetched at once; others wait for their turn, as long as <see cref="Timeout"/>.</summary>
    public int AtOnce { get; set; } = 16;

    /// <summary>Of these, images of one request.</summary>
    public int AtOnceForOne { get; set; } = 4;
}

/// <summary>Images by address.</summary>
internal static class FetchingRegistration
{
    public static void AddFetching(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<FetchingOptions>().BindConfiguration(FetchingOptions.Section)
            .Validate(o => o.MaxBytes > 0 && o.Timeout > TimeSpan.Zero && o.MaxRedirects >= 0 && o.AtOnce > 0 && o.AtOnceForOne > 0,
            $"{FetchingOptions.Section}: limits are above 0.").ValidateOnStart();
        builder.Services.AddSingleton<ImageFetcher>();
    }
}
