using CaptionTL.Service.Api;
using CaptionTL.Service.Serving;

namespace CaptionTL.Service.Tests.Serving;

public sealed class BatchQueueTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_WhileTheModelIsBusy_IsAnsweredInBatchesOfEqualOptions()
    {
        var batches = new List<(string Options, int[] Items)>();
        using var go = new ManualResetEventSlim();
        await using var queue = new BatchQueue<string, int, int>(
            (options, items, _) =>
            {
                go.Wait(Cancellation);
                lock (batches) batches.Add((options, [.. items]));
                return [.. items.Select(i => i * 2)];
            }, new ServingOptions { MaxBatch = 4, MaxWait = TimeSpan.Zero });
        var first = queue.AskAsync("a", 0, Cancellation);
        while (queue.Waiting > 0) await Task.Delay(1, Cancellation);
        var rest = new[] { ("a", 1), ("b", 2), ("a", 3), ("b", 4), ("a", 5), ("a", 6), ("a", 7) }
            .Select(q => queue.AskAsync(q.Item1, q.Item2, Cancellation)).ToList();

        go.Set();

        (await first).Result.ShouldBe(0);
        (await Task.WhenAll(rest)).Select(a => a.Result).ShouldBe([2, 4, 6, 8, 10, 12, 14]);
        batches.Select(b => b.Items.Length).Max().ShouldBe(4);
        batches[1].ShouldBe(("a", [1, 3, 5, 6]), Same);
        batches[2].ShouldBe(("b", [2, 4]), Same);
        batches[3].ShouldBe(("a", [7]), Same);
    }

    [Fact]
    public async Task Ask_WhenTheQueueIsFull_IsRefusedAndTheOthersAreAnswered()
    {
        using var go = new ManualResetEventSlim();
        await using var queue = new BatchQueue<bool, int, int>((_, items, _) => { go.Wait(Cancellation); return [.. items]; },
            new ServingOptions { QueueLength = 2 });
        var first = queue.AskAsync(true, 1, Cancellation);
        while (queue.Waiting > 0) await Task.Delay(1, Cancellation);
        var waiting = new[] { queue.AskAsync(true, 2, Cancellation), queue.AskAsync(true, 3, Cancellation) };

        var refused = Should.Throw<ApiException>(() => queue.AskAsync(true, 4, Cancellation));

        refused.Status.ShouldBe(503);
        refused.RetryAfter.ShouldBe(1);
        go.Set();
        (await first).Result.ShouldBe(1);
        (await Task.WhenAll(waiting)).Select(a => a.Result).ShouldBe([2, 3]);
        (await queue.AskAsync(true, 5, Cancellation)).Result.ShouldBe(5);
    }

    [Fact]
    public async Task Ask_ByOneWhoIsGone_NeverReachesTheModel()
    {
        var seen = new List<int>();
        using var go = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        await using var queue = new BatchQueue<bool, int, int>((_, items, _) =>
            { go.Wait(Cancellation); seen.AddRange(items); return [.. items]; }, new ServingOptions());
        var first = queue.AskAsync(true, 1, Cancellation);
        while (queue.Waiting > 0) await Task.Delay(1, Cancellation);
        var left = queue.AskAsync(true, 2, gone.Token);
        await gone.CancelAsync();

        go.Set();

        await Should.ThrowAsync<OperationCanceledException>(() => left);
        (await first).Result.ShouldBe(1);
        (await queue.AskAsync(true, 3, Cancellation)).Result.ShouldBe(3);
        seen.ShouldBe([1, 3]);
    }

    [Fact]
    public async Task Ask_WhenTheModelFails_TellsThoseOfTheBatchOnly()
    {
        await using var queue = new BatchQueue<bool, int, int>((_, items, _) => items.Contains(13)
            ? throw new InvalidOperationException("thirteen") : [.. items], new ServingOptions { MaxBatch = 1 });

        var failing = queue.AskAsync(true, 13, Cancellation);

        (await Should.ThrowAsync<InvalidOperationException>(() => failing)).Message.ShouldBe("thirteen");
        (await queue.AskAsync(true, 14, Cancellation)).Result.ShouldBe(14);
    }

    [Fact]
    public async Task Ask_WhenTheLastAskerOfARunningBatchIsGone_EndsTheBatch()
    {
        using CancellationTokenSource first = new(), second = new();
        using SemaphoreSlim begun = new(0), ended = new(0);
        using var go = new ManualResetEventSlim();
        var sizes = new List<int>();
        await using var queue = new BatchQueue<string, int, int>((options, items, nobody) =>
        {
            if (options == "before") go.Wait(Cancellation);
            if (options != "long") return [.. items];
            sizes.Add(items.Count);
            begun.Release();
            nobody.WaitHandle.WaitOne();
            ended.Release();
            throw new OperationCanceledException(nobody);
        }, new ServingOptions());
        var before = queue.AskAsync("before", 0, Cancellation);
        while (queue.Waiting > 0) await Task.Delay(1, Cancellation);
        var (one, other) = (queue.AskAsync("long", 1, first.Token), queue.AskAsync("long", 2, second.Token));
        go.Set();
        await begun.WaitAsync(Cancellation);

        await first.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => one);
        other.IsCompleted.ShouldBeFalse();
        ended.CurrentCount.ShouldBe(0);
        await second.CancelAsync();
        await ended.WaitAsync(Cancellation);
        await Should.ThrowAsync<OperationCanceledException>(() => other);
        (await before).Result.ShouldBe(0);
        (await queue.AskAsync("short", 3, Cancellation)).Result.ShouldBe(3);
        sizes.ShouldBe([2]);
    }

    [Fact]
    public async Task Dispose_WithQuestionsWaiting_AnswersThemFirst()
    {
        var queue = new BatchQueue<bool, int, int>((_, items, _) => { Thread.Sleep(20); return [.. items]; },
            new ServingOptions { MaxBatch = 1 });
        var asked = Enumerable.Range(0, 5).Select(i => queue.AskAsync(true, i, Cancellation)).ToList();

        await queue.DisposeAsync();

        (await Task.WhenAll(asked)).Select(a => a.Result).ShouldBe([0, 1, 2, 3, 4]);
    }

    private static readonly IEqualityComparer<(string, int[])> Same = EqualityComparer<(string, int[])>.Create((a, b) =>
        a.Item1 == b.Item1 && a.Item2.SequenceEqual(b.Item2), a => a.Item1.GetHashCode());
}
