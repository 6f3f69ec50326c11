using System.Globalization;
using System.Diagnostics;
using CaptionTL.Models;
using CaptionTL.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Benchmarks;

/// <summary>The captioning service under load over loopback: some clients that each ask again as soon as they are answered.</summary>
internal static class Serving
{
    /// <param name="seconds">Of each measurement.</param>
    public static async Task PrintAsync(double seconds)
    {
        var images = Images();
        var library = Library(images, seconds);
        Console.WriteLine("| clients | batches of up to | captions/s | p50 ms | p95 ms | p99 ms |");
        Console.WriteLine("|---|---|---|---|---|---|");
        Row("library, one caller", 1, library);
        foreach (var clients in (int[])[1, 8, 32])
            foreach (var batch in (int[])[1, 16])
                Row(FormattableString.Invariant($"{clients}"), batch,
                    await WithServiceAsync(batch, 128, (http, _) => LoadAsync(http, images, clients, seconds)));
        await OverloadAsync(images, seconds);
    }

    // Ten times as many clients as requests are taken in: what they are told, and what it costs.
    private static Task<bool> OverloadAsync(IReadOnlyList<byte[]> images, double seconds) =>
        WithServiceAsync(16, 32, async (http, process) =>
    {
        await LoadAsync(http, images, 32, seconds);
        process.Refresh();
        var before = process.WorkingSet64;
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        await LoadAsync(http, images, 320, seconds, statuses);
        process.Refresh();
        Console.WriteLine();
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"320 clients where 32 requests are taken: "
            + $"{string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Value} × {s.Key}"))}; memory "
            + $"{process.WorkingSet64 / (double)before:0.00} times that with 32 clients"));
        return true;
    });

    private static Latencies Library(IReadOnlyList<byte[]> images, double seconds)
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        captioner.Describe(images[0]);
        var latencies = new Latencies();
        for (var (i, clock) = (0, Stopwatch.StartNew()); clock.Elapsed.TotalSeconds < seconds; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            captioner.Describe(images[i % images.Count]);
            latencies.Add(Stopwatch.GetElapsedTime(begun));
        }
        return latencies;
    }

    private static async Task<Latencies> LoadAsync(HttpClient http, IReadOnlyList<byte[]> images, int clients, double seconds,
        System.Collections.Concurrent.ConcurrentDictionary<int, int>? statuses = null)
    {
        var latencies = new Latencies();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            for (var i = client; clock.Elapsed.TotalSeconds < seconds; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                using var content = new ByteArrayContent(images[i % images.Count]);
                using var response = await http.PostAsync("/api/v1/caption", content);
                await response.Content.ReadAsByteArrayAsync();
                statuses?.AddOrUpdate((int)response.StatusCode, 1, (_, n) => n + 1);
                if (response.IsSuccessStatusCode) latencies.Add(Stopwatch.GetElapsedTime(begun));
                else await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
            }
        }));
        return latencies;
    }

    private static async Task<T> WithServiceAsync<T>(int batch, int requests, Func<HttpClient, Process, Task<T>> measure)
    {
        var data = Directory.CreateTempSubdirectory("captiontl-load-").FullName;
        var builder = WebApplication.CreateBuilder([$"--CaptionTL:Data={data}", $"--CaptionTL:Serving:MaxBatch={batch}",
            $"--CaptionTL:Serving:MaxRequests={requests}", "--CaptionTL:Serving:CachedAnswers=0", "--CaptionTL:Worker:Enabled=false",
            "--CaptionTL:Security:RequestsPerMinute=1000000"]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddCaptionTL();
        // The table is on the same console.
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapCaptionTL();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        (await http.GetAsync("/health/ready")).EnsureSuccessStatusCode();
        await LoadAsync(http, Images(), 2, 2);
        var result = await measure(http, Process.GetCurrentProcess());
        await app.StopAsync();
        Directory.Delete(data, recursive: true);
        return result;
    }

    private static List<byte[]> Images() => [.. SamplePhotos.Files().Select(File.ReadAllBytes)];

    private static void Row(string clients, int batch, Latencies latencies) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {clients} | {batch} | {latencies.PerSecond:0.0} | "
            + $"{latencies.Milliseconds(0.5):0} | {latencies.Milliseconds(0.95):0} | {latencies.Milliseconds(0.99):0} |"));
}
