namespace CaptionTL.Training.Batches;

/// <summary>Work on the items of a sequence in other threads, before it is asked for.</summary>
internal static class ReadAhead
{
    /// <summary>Results in the order of the items; no more than <paramref name="ahead"/> are worked on or waiting at a time.</summary>
    /// <param name="items">Taken one by one on the caller's thread.</param>
    /// <param name="ahead">At least 1.</param>
    /// <param name="work">Called from many threads; what it throws comes out where its result would.</param>
    public static IEnumerable<TResult> Select<T, TResult>(IEnumerable<T> items, int ahead, Func<T, TResult> work)
    {
        var started = new Queue<Task<TResult>>();
        try
        {
            foreach (var item in items)
            {
                started.Enqueue(Task.Run(() => work(item)));
                if (started.Count == ahead) yield return started.Dequeue().GetAwaiter().GetResult();
            }
            while (started.Count > 0) yield return started.Dequeue().GetAwaiter().GetResult();
        }
        finally
        {
            // A caller that stops early may close what the work still reads.
            foreach (var task in started) ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }
    }
}
