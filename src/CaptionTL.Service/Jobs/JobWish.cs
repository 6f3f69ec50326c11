namespace CaptionTL.Service.Jobs;

/// <summary>What is asked of a job; its worker looks at it several times a second.</summary>
internal enum JobWish
{
    Run,
    Pause,
    Cancel,
}
