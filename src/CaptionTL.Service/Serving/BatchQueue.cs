using System.Diagnostics;
using System.Threading.Channels;
using CaptionTL.Service.Api;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Single questions in, batches through a model, answers back to whoever asked. One thread works, since a model has one caller at
/// a time. What came while the model was busy makes up the next batch; questions with other options wait for theirs, in order.
/// </summary>
/// <typeparam name="TOptions">Questions go together when these are equal.</typeparam>
internal sealed class BatchQueue<TOptions, TItem, TResult> : IAsyncDisposable where TOptions : notnull
{
    private readonly Channel<Question> _arrivals;
    private readonly Func<TOptions, IReadOnlyList<TItem>, CancellationToken, IReadOnlyList<TResult>> _answer;
    private readonly ServingOptions _limits;
    private readonly Task _worker;
    private int _waiting;

    /// <param name="answer">One result an item; called on the queue's own thread, with a token that is cancelled once nobody waits for the
    /// batch.</param>
    /// <param name="limits">Batch size, wait, length of the queue.</param>
    public BatchQueue(Func<TOptions, IReadOnlyList<TItem>, CancellationToken, IReadOnlyList<TResult>> answer, ServingOptions limits)
    {
        (_answer, _limits) = (answer, limits);
        _arrivals = Channel.CreateUnbounded<Question>(new UnboundedChannelOptions { SingleReader = true });
        _worker = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Hears of batches and of the queue's length; the task's name goes with it.</summary>
    public (ServiceMetrics Metrics, string Task)? Telemetry { get; init; }

    /// <summary>Images that wait now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <exception cref="ApiException">503: too many wait already.</exception>
    /// <exception cref="OperationCanceledException">Whoever asked is gone.</exception>
    public Task<Answered<TResult>> AskAsync(TOptions options, TItem item, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > _limits.QueueLength)
        {
            Interlocked.Decrement(ref _waiting);
            throw Busy();
        }
        var question = new Question(options, item, Stopwatch.GetTimestamp(), cancellation);
        if (!_arrivals.Writer.TryWrite(question))
        {
            Interlocked.Decrement(ref _waiting);
            throw Busy();
        }
        Telemetry?.Metrics.Queued(Telemetry.Value.Task, 1);
        return question.Answer.Task;
    }

    /// <summary>Answers what is waiting, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _arrivals.Writer.TryComplete();
        await _worker;
    }

    private static ApiException Busy() =>
        new(503, "busy", "More images wait than can be taken.", "Try again in a moment, or send fewer at once.") { RetryAfter = 1 };

    private void Work()
    {
        var waiting = new List<Question>();
        var last = 1;
        while (Receive(waiting, wait: waiting.Count == 0))
        {
            if (waiting.Count < _limits.MaxBatch && last > 1) WaitForCompany(waiting);
            var options = waiting[0].Options;
            var batch = waiting.Where(q => q.Options.Equals(options)).Take(_limits.MaxBatch).ToList();
            waiting.RemoveAll(batch.Contains);
            Interlocked.Add(ref _waiting, -batch.Count);
            Telemetry?.Metrics.Queued(Telemetry.Value.Task, -batch.Count);
            foreach (var gone in batch.Where(q => q.Cancellation.IsCancellationRequested)) gone.Answer.TrySetCanceled(gone.Cancellation);
            batch.RemoveAll(q => q.Cancellation.IsCancellationRequested);
            if (batch.Count > 0) Answer(options, batch);
            last = batch.Count;
        }
    }

    // Everything that has come; false when nothing is left and nothing will come.
    private bool Receive(List<Question> waiting, bool wait)
    {
        if (wait && !_arrivals.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult()) return false;
        while (_arrivals.Reader.TryRead(out var question)) waiting.Add(question);
        return true;
    }

    private void WaitForCompany(List<Question> waiting)
    {
        var until = Stopwatch.GetTimestamp() + (long)(_limits.MaxWait.TotalSeconds * Stopwatch.Frequency);
        while (waiting.Count < _limits.MaxBatch && Stopwatch.GetTimestamp() < until)
        {
            Thread.Sleep(1);
            Receive(waiting, wait: false);
        }
    }

    private void Answer(TOptions options, List<Question> batch)
    {
        Telemetry?.Metrics.Batch(Telemetry.Value.Task, batch.Count);
        using var span = ServiceMetrics.Activities.StartActivity("batch");
        span?.SetTag("images", batch.Count).SetTag("task", Telemetry?.Task);
        using var nobody = new CancellationTokenSource();
        using var watch = new Askers(batch, nobody);
        var begun = Stopwatch.GetTimestamp();
        try
        {
            var results = _answer(options, [.. batch.Select(q => q.Item)], nobody.Token);
            var took = Stopwatch.GetElapsedTime(begun);
            for (var i = 0; i < batch.Count; i++)
                batch[i].Answer.TrySetResult(new Answered<TResult>(results[i], Stopwatch.GetElapsedTime(batch[i].Since, begun), took));
        }
        catch (OperationCanceledException) when (nobody.IsCancellationRequested)
        {
            span?.SetTag("cancelled", true); // each asker heard of it when it went
        }
        catch (Exception failure)
        {
            // Each asker hears of it; the queue goes on with the next batch.
            foreach (var question in batch) question.Answer.TrySetException(failure);
        }
    }

    /// <summary>Lets go of each asker that is gone while its batch is computed, and of the batch with the last of them.</summary>
    private sealed class Askers : IDisposable
    {
        private readonly List<CancellationTokenRegistration> _registrations;
        private int _waiting;

        public Askers(List<Question> batch, CancellationTokenSource nobody)
        {
            _waiting = batch.Count;
            _registrations = [.. batch.Select(question => question.Cancellation.UnsafeRegister(_ =>
            {
                question.Answer.TrySetCanceled(question.Cancellation);
                if (Interlocked.Decrement(ref _waiting) == 0) nobody.Cancel();
            }, null))];
        }

        public void Dispose()
        {
            foreach (var registration in _registrations) registration.Dispose();
        }
    }

    private sealed class Question(TOptions options, TItem item, long since, CancellationToken cancellation)
    {
        public TOptions Options => options;

        public TItem Item => item;

        public long Since => since;

        public CancellationToken Cancellation => cancellation;

        public TaskCompletionSource<Answered<TResult>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
