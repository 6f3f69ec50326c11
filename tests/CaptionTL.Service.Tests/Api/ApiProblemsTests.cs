using System.Collections.Concurrent;
using System.Net;
using CaptionTL.Service.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Tests.Api;

public sealed class ApiProblemsTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Log_OfARefusedRequest_IsOneWarningWithoutAStackTrace()
    {
        using var logs = new Logs();
        await using var service = await TestService.StartAsync(null, b => b.Logging.AddProvider(logs), "CaptionTL:Serving:MaxRequests=1");
        using var inHand = service.Get<Admission>().Enter(new DefaultHttpContext());
        using var image = Samples.Raw("coffee.png");

        using var response = await service.Http.PostAsync("/api/v1/caption", image, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var written = logs.Written.Where(l => l.Text.Contains("/api/v1/caption", StringComparison.Ordinal)).ShouldHaveSingleItem();
        (written.Level, written.Failure).ShouldBe((LogLevel.Warning, null));
        written.Text.ShouldContain("Too many requests are being handled");
    }

    [Fact]
    public async Task Log_OfAnAnsweredRequest_IsWrittenWhenTheConfigurationAsksForIt()
    {
        using Logs calm = new(), talkative = new();
        await using (var service = await TestService.StartAsync(null, b => b.Logging.AddProvider(calm))) await service.Http.GetAsync(
            "/health/live", Cancellation);
        await using (var service = await TestService.StartAsync(null, b => b.Logging.AddProvider(talkative),
            "Logging:LogLevel:Microsoft.AspNetCore=Information")) await service.Http.GetAsync("/health/live", Cancellation);

        calm.Written.ShouldNotContain(l => l.Text.Contains("/health/live", StringComparison.Ordinal));
        talkative.Written.ShouldContain(l => l.Text.Contains("/health/live", StringComparison.Ordinal));
    }

    private sealed class Logs : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text, Exception? Failure)> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Written.Enqueue((logLevel, formatter(state, exception), exception));

        public void Dispose()
        {
        }
    }
}
