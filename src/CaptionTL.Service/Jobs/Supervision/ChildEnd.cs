using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs.Running;

namespace CaptionTL.Service.Jobs.Supervision;

/// <summary>How a job's process ended.</summary>
/// <param name="ExitCode">128 and the number of the signal that ended it, or its own.</param>
/// <param name="Problem">That it told of before.</param>
/// <param name="LastErrors">Its last lines on standard error.</param>
internal sealed record ChildEnd(int ExitCode, JobProblem? Problem, IReadOnlyList<string> LastErrors)
{
    public bool IsDone => ExitCode == JobProcess.Done;

    /// <summary>For people: what happened to it.</summary>
    public string Description => (ExitCode switch
    {
        137 => "it was killed (signal 9): by a person, or by the system for want of memory",
        134 => "it aborted (signal 6), most likely in native code",
        139 => "it crashed (signal 11), in native code",
        > 128 and < 160 and not JobProcess.Stopped => FormattableString.Invariant($"it was ended by signal {ExitCode - 128}"),
        _ => FormattableString.Invariant($"it ended with exit code {ExitCode}"),
    }) + (LastErrors.Count > 0 ? $"; its last words: {DiscreetText.Of(string.Join(" | ", LastErrors))}" : "");
}
