using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Clients;

/// <summary>What the states of a job mean to a page.</summary>
public static class JobStates
{
    /// <summary>Something still happens by itself.</summary>
    public static bool IsActive(this JobState state) => state is JobState.Queued or JobState.Running or JobState.Pausing or JobState.Cancelling;

    public static bool CanPause(this JobState state) => state is JobState.Running;

    public static bool CanCancel(this JobState state) => state is JobState.Queued or JobState.Running or JobState.Pausing or JobState.Paused;

    public static bool CanResume(this JobState state) => state is JobState.Paused or JobState.Cancelled or JobState.Failed;
}
