using System.Runtime.ExceptionServices;

namespace CaptionTL.Heads.Classical;

internal static class ParallelWork
{
    /// <summary>
    /// Independent pieces of work on the current task scheduler, so that whoever starts it can limit the threads. The first failure is
    /// thrown as it is.
    /// </summary>
    public static void For(int count, Action<int> piece, CancellationToken token = default)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = token, TaskScheduler = null }, piece);
        }
        catch (AggregateException e)
        {
            token.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
