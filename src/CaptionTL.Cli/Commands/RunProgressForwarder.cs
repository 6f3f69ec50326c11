using CaptionTL.Cli.Output;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>Shows the library's progress; called on the reporting thread, so that nothing is shown out of order.</summary>
internal sealed class RunProgressForwarder(ProgressView view) : IProgress<RunProgress>
{
    public void Report(RunProgress value)
    {
        if (value.Message is { } message) view.Message(message);
        view.Report(value.Phase, value.Done, value.Total > 0 ? value.Total : null, value.Unit, value.Forecast is { } forecast ? [.. value.Fields, ("training", Left(forecast))] : [.. value.Fields]);
    }

    private static string Left(RunForecast forecast) =>
        $"{Units.Duration(forecast.PhaseLeft)} left{string.Concat(forecast.Later.Select(phase => $", then {phase}"))}";
}
