using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CaptionTL.Tests;

/// <summary>A small HTTP/1.1 server on the loopback interface that offers one file, with the faults a test asks for.</summary>
public sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _requests = [];

    public FileServer(byte[] content)
    {
        Content = content;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/model.safetensors");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public byte[] Content { get; set; }

    public string ETag { get; set; } = "\"1\"";

    public int Status { get; set; } = 200;

    public bool SupportsRange { get; set; } = true;

    public bool SendsLength { get; set; } = true;

    /// <summary>How many bytes each of the next answers sends before the connection is broken off.</summary>
    public Queue<int> BreakAfter { get; } = new();

    /// <summary>Requests so far, headers included.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var stream = client.GetStream();
            var request = await ReadRequestAsync(stream);
            lock (_requests) _requests.Add(request);
            var from = 0;
            var status = Status;
            var range = Header(request, "Range");
            var guard = Header(request, "If-Range");
            if (status == 200 && SupportsRange && range is not null && (guard is null || guard == ETag))
            {
                from = int.Parse(range.Replace("bytes=", "").TrimEnd('-'), CultureInfo.InvariantCulture);
                status = from < Content.Length ? 206 : 416;
            }
            var body = status is 200 or 206 ? Content[from..] : "sorry"u8.ToArray();
            var head = $"HTTP/1.1 {status} Status\r\nConnection: close\r\nETag: {ETag}\r\n"
                + (status == 206 ? $"Content-Range: bytes {from}-{Content.Length - 1}/{Content.Length}\r\n" : "")
                + (SendsLength ? $"Content-Length: {body.Length}\r\n" : "") + "\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
            var send = BreakAfter.Count > 0 ? Math.Min(BreakAfter.Dequeue(), body.Length) : body.Length;
            await stream.WriteAsync(body.AsMemory(0, send));
            await stream.FlushAsync();
        }
        catch (IOException)
        {
            // the client went away
        }
    }

    private static async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer);
            if (read == 0) break;
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        return text.ToString();
    }

    private static string? Header(string request, string name) =>
        request.Split("\r\n")
            .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
