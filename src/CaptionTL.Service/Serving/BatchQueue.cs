using System.Diagnostics;
using System.Threading.Channels;
using CaptionTL.Service.Api;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Collects single questions into batches for a model. One thread works, since a model has one caller at a time. The questions that
/// arrive while the model is busy make up the next batch; those with other options wait for a later batch, in order.
/// </summary>
/// <typeparam name="TOptions">Questions with equal options go into the same batch.</typeparam>
internal sealed class BatchQueue<TOptions, TItem, TResult> : IAsyncDisposable where TOptions : notnull
{
    private readonly Channel<Question> _arrivals;
    private readonly Func<TOptions, IReadOnlyList<TItem>, CancellationToken, IReadOnlyList<TResult>> _answer;
    private readonly ServingOptions _limits;
    private readonly Task _worker;
    private int _waiting;

    /// <param name="answer">Gives one result for each item; called on the queue's own thread, with a token that is cancelled when nobody
    /// waits for the batch any more.</param>
    /// <param name="limits">Batch size, wait, length of the queue.</param>
    public BatchQueue(Func<TOptions, IReadOnlyList<TItem>, CancellationToken, IReadOnlyList<TResult>> answer, ServingOptions limits)
    {
        (_answer, _limits) = (answer, limits);
        _arrivals = Channel.CreateUnbounded<Question>(new UnboundedChannelOptions { SingleReader = true });
        _worker = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Told of batches and of the queue's length under the task's name.</summary>
    public (ServiceMetrics Metrics, string Task)? Telemetry { get; init; }

    /// <summary>Number of images that wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <exception cref="ApiException">503: too many wait already.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
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

    /// <summary>Answers the waiting questions, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _arrivals.Writer.TryComplete();
        await _worker;
    }

    private static ApiException Busy() =>
        new(503, "busy", "Too many images are waiting.", "Try again in a moment, or send fewer at once.") { RetryAfter = 1 };

    private void Work()
    {
        var waiting = new List<Question>();
        var last = 1;
        while (Receive(waiting, wait: waiting.Count == 0))
        {
            if (waiting.Count < _limits.MaxBatch && last > 1) WaitForMore(waiting);
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

    // Takes everything that has arrived; false when the queue is closed and empty.
    private bool Receive(List<Question> waiting, bool wait)
    {
        if (wait && !_arrivals.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult()) return false;
        while (_arrivals.Reader.TryRead(out var question)) waiting.Add(question);
        return true;
    }

    private void WaitForMore(List<Question> waiting)
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
        using var clients = new Clients(batch, nobody);
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
            span?.SetTag("cancelled", true); // the tasks were cancelled when their clients went
        }
        catch (Exception failure)
        {
            // The batch fails; the queue goes on with the next one.
            foreach (var question in batch) question.Answer.TrySetException(failure);
        }
    }

    /// <summary>Cancels each question whose client goes while its batch is computed, and the batch with the last of them.</summary>
    private sealed class Clients : IDisposable
    {
        private readonly List<CancellationTokenRegistration> _registrations;
        private int _waiting;

        public Clients(List<Question> batch, CancellationTokenSource nobody)
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

/// <summary>A result, and where its time went.</summary>
/// <param name="Result">Of the model.</param>
/// <param name="Wait">Time in the queue.</param>
/// <param name="Model">Time of the whole batch in the model.</param>
internal readonly record struct Answered<T>(T Result, TimeSpan Wait, TimeSpan Model);
