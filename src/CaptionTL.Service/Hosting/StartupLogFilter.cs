using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Hosting;

/// <summary>Until the service has started, the host's and the server's own account of a failure, stack traces, is left out: <see cref="StartFailure"/> says it in a sentence.</summary>
internal sealed class StartupLogFilter
{
    private static readonly string[] Categories = ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];

    public bool HasStarted { get; set; }

    public void AddTo(ILoggingBuilder logging)
    {
        foreach (var category in Categories) logging.AddFilter(category, level => level >= LogLevel.Warning && HasStarted);
    }
}
