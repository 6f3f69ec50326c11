using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Tests.Telemetry;

/// <summary>An OpenTelemetry collector that keeps what it receives by HTTP.</summary>
internal static class Collector
{
    /// <param name="received">Everything by its path: "/v1/metrics", "/v1/traces", "/v1/logs". Protobuf: names stand in it as they
    /// are.</param>
    public static async Task<WebApplication> StartAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.MapPost("/v1/{kind}", async (string kind, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.AddOrUpdate($"/v1/{kind}", _ => Encoding.Latin1.GetString(body.ToArray()), (_, before) =>
                before + Encoding.Latin1.GetString(body.ToArray()));
            return Results.Ok();
        });
        await collector.StartAsync();
        return collector;
    }
}
