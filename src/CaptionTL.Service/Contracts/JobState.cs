namespace CaptionTL.Service.Contracts;

/// <summary>Where a job is.</summary>
public enum JobState
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>A worker carries it out.</summary>
    Running,

    /// <summary>Writes its checkpoint, then stops.</summary>
    Pausing,

    /// <summary>Stopped with a checkpoint; goes on when resumed.</summary>
    Paused,

    /// <summary>Is being stopped.</summary>
    Cancelling,

    /// <summary>Stopped for good unless resumed: its checkpoint is kept.</summary>
    Cancelled,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Ended with a problem; resuming tries once more from its checkpoint.</summary>
    Failed,
}
