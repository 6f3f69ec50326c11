using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using CaptionTL.Datasets;
using CaptionTL.IO;
using CaptionTL.Images;

namespace CaptionTL.Embeddings;

/// <summary>
/// Fills the cache with the embeddings of a set of images. Three stages run side by side: readers (read, hash,
/// decode), the encoder (the calling thread), the shard writer. What is in the cache already is not computed again.
/// </summary>
/// <param name="cache">Filled.</param>
/// <param name="encoder">Called from one thread.</param>
/// <param name="open">
/// Decodes an image's bytes; what it returns makes views of the encoder's size. Called from many threads. A CaptionTLException means: not
/// an image.
/// </param>
/// <param name="options">The defaults when null.</param>
public sealed class EmbeddingBuilder(
    EmbeddingCache cache, IImageEncoder encoder,
    Func<ReadOnlyMemory<byte>, Func<int, RgbImage>> open, EmbeddingBuildOptions? options = null)
{
    private readonly EmbeddingBuildOptions _options = options ?? new EmbeddingBuildOptions();
    private readonly ContentHash _encoderHash = ContentHash.OfText(encoder.Fingerprint);

    private sealed record Prepared(ContentHash Content, int View, RgbImage Image);

    private sealed record Encoded(Prepared[] Images, Half[] Values);

    /// <summary>Embeds what is missing.</summary>
    /// <param name="items">Images; equal ones are computed once.</param>
    /// <param name="views">Versions of every image, 0 to views - 1.</param>
    /// <param name="progress">After every batch.</param>
    /// <param name="cancellation">Finishes the current batch and writes it before the exception.</param>
    /// <exception cref="CaptionTLException">No room on the disk, or it cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was computed is in the cache.</exception>
    public EmbeddingBuildResult Build(IReadOnlyList<EmbeddingItem> items, int views = 1, IProgress<EmbeddingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 1);
        var clock = Stopwatch.StartNew();
        var plan = new EmbeddingPlan(cache, items, _encoderHash, views);
        var run = new Run();
        if (plan.ToRead.Count > 0)
        {
            cache.RequireRoom(EmbeddingCache.EstimateBytes(plan.Total, encoder.Cells, encoder.Channels));
            using var token = BuilderToken();
            if (token is null) plan.ToRead.Reverse(); // another process embeds the same images: the two meet in the middle
            RunStages(items, plan, run, progress, cancellation);
        }
        return new EmbeddingBuildResult(plan.Contents, plan.TakeSkipped(), run.Encoded, clock.Elapsed, run.EncoderTime);
    }

    /// <summary>Counts of one call.</summary>
    private sealed class Run
    {
        public int Encoded { get; set; }

        public TimeSpan EncoderTime { get; set; }

        public Stopwatch Clock { get; } = Stopwatch.StartNew();
    }

    private void RunStages(IReadOnlyList<EmbeddingItem> items, EmbeddingPlan plan, Run run, IProgress<EmbeddingProgress>? progress,
        CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var prepared = new BlockingCollection<Prepared>(Math.Max(_options.ReadAhead, _options.BatchSize));
        // Room for one shard, so that the encoder continues while the previous one is written and flushed.
        using var encoded = new BlockingCollection<Encoded>(
            (int)Math.Clamp(_options.MaxShardBytes / (2L * encoder.Cells * encoder.Channels * _options.BatchSize), 2, 1024));
        using var writerGone = new CancellationTokenSource();
        Exception? failure = null;

        Thread Start(string name, Action action)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    action();
                }
                catch (OperationCanceledException)
                {
                    // the stage that failed, or the caller, has the reason
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                    stop.Cancel();
                }
            }) { IsBackground = true, Name = name };
            thread.Start();
            return thread;
        }

        var next = -1;
        var busy = _options.Readers;
        var readers = Enumerable.Range(0, _options.Readers).Select(i => Start($"image reader {i}", () =>
        {
            try
            {
                using var reader = new ImageReader(ImageLimits.Default with { MaxBytes = _options.MaxImageBytes });
                for (int at; (at = Interlocked.Increment(ref next)) < plan.ToRead.Count;)
                    Prepare(plan.ToRead[at], items, plan, reader, prepared, stop.Token);
            }
            finally
            {
                if (Interlocked.Decrement(ref busy) == 0) prepared.CompleteAdding();
            }
        })).ToList();
        var writer = Start("shard writer", () =>
        {
            try
            {
                WriteShards(encoded, plan);
            }
            catch
            {
                writerGone.Cancel();
                throw;
            }
        });

        try
        {
            // What is computed is handed to the writer even when the caller cancels, as long as there is a writer.
            Encode(prepared, batch => encoded.Add(batch, writerGone.Token), plan, run, progress, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested || writerGone.IsCancellationRequested)
        {
            // thrown below, once everything computed is written
        }
        finally
        {
            encoded.CompleteAdding();
            stop.Cancel();
            readers.ForEach(thread => thread.Join());
            writer.Join();
        }
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        cancellation.ThrowIfCancellationRequested();
    }

    private void Prepare(int item, IReadOnlyList<EmbeddingItem> items, EmbeddingPlan plan, ImageReader reader,
        BlockingCollection<Prepared> prepared, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        byte[] bytes;
        try
        {
            bytes = reader.Read(items[item].Source);
        }
        catch (CaptionTLException e)
        {
            plan.FailToRead(item, e.Message);
            return;
        }
        var content = ContentHash.Of(bytes);
        var views = plan.Claim(item, content);
        if (views.Length == 0) return;
        var done = 0;
        try
        {
            var make = open(bytes);
            foreach (var view in views)
            {
                prepared.Add(new Prepared(content, view, make(view)), stop);
                done++;
            }
        }
        catch (Exception e) when (e is CaptionTLException or InvalidDataException)
        {
            plan.FailToDecode(content, e.Message, views.Length - done);
        }
    }

    private void Encode(
        BlockingCollection<Prepared> prepared, Action<Encoded> write, EmbeddingPlan plan, Run run, IProgress<EmbeddingProgress>? progress,
            CancellationToken stop)
    {
        var batch = new List<Prepared>(_options.BatchSize);
        foreach (var image in prepared.GetConsumingEnumerable(stop))
        {
            batch.Add(image);
            if (batch.Count == _options.BatchSize) EncodeBatch();
        }
        if (batch.Count > 0) EncodeBatch();

        void EncodeBatch()
        {
            var count = _options.BatchSize * encoder.Cells * encoder.Channels;
            var values = ArrayPool<Half>.Shared.Rent(count);
            // Arithmetic may depend on the batch's size: the last batch is filled up, so that a run that was cut
            // short and resumed gives the same bits.
            var images = Enumerable.Range(0, _options.BatchSize).Select(i => batch[Math.Min(i, batch.Count - 1)].Image).ToList();
            var start = Stopwatch.GetTimestamp();
            encoder.Encode(images, values.AsSpan(0, count));
            run.EncoderTime += Stopwatch.GetElapsedTime(start);
            run.Encoded += batch.Count;
            write(new Encoded([.. batch], values));
            batch.Clear();
            var rate = run.Encoded / run.Clock.Elapsed.TotalSeconds;
            progress?.Report(new EmbeddingProgress(run.Encoded, plan.Total, rate,
                TimeSpan.FromSeconds(Math.Max(0, plan.Total - run.Encoded) / rate), plan.Skipped));
        }
    }

    private void WriteShards(BlockingCollection<Encoded> encoded, EmbeddingPlan plan)
    {
        using var writer = cache.CreateWriter(encoder.Fingerprint, encoder.Cells, encoder.Channels, _options.MaxShardBytes);
        var size = encoder.Cells * encoder.Channels;
        var sinceFlush = Stopwatch.StartNew();
        while (!encoded.IsCompleted)
        {
            var wait = _options.FlushInterval - sinceFlush.Elapsed;
            if (encoded.TryTake(out var batch, wait > TimeSpan.Zero ? wait : TimeSpan.Zero))
            {
                for (var i = 0; i < batch.Images.Length; i++)
                    writer.Add(batch.Images[i].Content, batch.Images[i].View, batch.Values.AsSpan(i * size, size));
                ArrayPool<Half>.Shared.Return(batch.Values);
            }
            if (sinceFlush.Elapsed < _options.FlushInterval) continue;
            Flush();
            sinceFlush.Restart();
        }
        Flush();

        void Flush()
        {
            writer.Flush();
            var files = new List<(string, FileStamp, ContentHash)>();
            while (plan.ToRemember.TryDequeue(out var file)) files.Add(file);
            cache.Index.Remember(files);
        }
    }

    /// <summary>Held while a process embeds with this encoder; null where another one does.</summary>
    private FileStream? BuilderToken() => FileLock.TryExclusive(Path.Combine(cache.Folder, $"{_encoderHash.ToString()[..12]}.building"));
}

/// <summary>How embedding is carried out; what comes out does not depend on it.</summary>
public sealed record EmbeddingBuildOptions
{
    /// <summary>
    /// Images the encoder sees at once; the last batch is filled up, so that every image is computed in a batch of this size.
    /// </summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Threads that read, hash and decode ahead of the encoder, which itself uses all cores.</summary>
    public int Readers { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Prepared images waiting for the encoder at most.</summary>
    public int ReadAhead { get; init; } = 64;

    /// <summary>A killed process loses at most the embeddings of this time.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a shard at most; held in memory until it is written.</summary>
    public long MaxShardBytes { get; init; } = 64 << 20;

    /// <summary>Larger files are not read as images, bytes.</summary>
    public long MaxImageBytes { get; init; } = ImageLimits.Default.MaxBytes;
}

/// <summary>What a run of <see cref="EmbeddingBuilder"/> did.</summary>
/// <param name="Contents">For every item the hash of its bytes, the key into the cache; null where it was skipped.</param>
/// <param name="Skipped">Images without embeddings, in the items' order.</param>
/// <param name="Encoded">Embeddings computed in this run.</param>
/// <param name="Elapsed">Of the whole run.</param>
/// <param name="EncoderTime">Of that, spent in the encoder.</param>
public sealed record EmbeddingBuildResult(
    IReadOnlyList<ContentHash?> Contents, IReadOnlyList<SkippedImage> Skipped, int Encoded, TimeSpan Elapsed, TimeSpan EncoderTime)
{
    /// <summary>Key of an item's view.</summary>
    /// <exception cref="InvalidOperationException">The item was skipped.</exception>
    public EmbeddingKey Key(int item, IImageEncoder encoder, int view = 0)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return new EmbeddingKey(Contents[item] ?? throw new InvalidOperationException($"item {item} was skipped"),
            ContentHash.OfText(encoder.Fingerprint), view);
    }
}

/// <summary>An image to embed.</summary>
/// <param name="Id">Names it in reports.</param>
/// <param name="Source">Where its bytes are.</param>
public sealed record EmbeddingItem(string Id, ImageSource Source)
{
    /// <summary>Images of a data set, in their order.</summary>
    public static IReadOnlyList<EmbeddingItem> Of(IEnumerable<DatasetItem> images) =>
        [.. images.Select(p => new EmbeddingItem(p.Id, p.Source))];
}

/// <summary>How far embedding is.</summary>
/// <param name="Done">Embeddings computed in this run.</param>
/// <param name="Total">Embeddings that this run has to compute; shrinks where images turn out to be known, double or broken.</param>
/// <param name="PerSecond">Mean of this run.</param>
/// <param name="Remaining">At that rate; null before the first batch.</param>
/// <param name="Skipped">Images that could not be read so far.</param>
public sealed record EmbeddingProgress(int Done, int Total, double PerSecond, TimeSpan? Remaining, int Skipped);

/// <summary>An image that has no embedding, and why.</summary>
public sealed record SkippedImage(string Id, string Reason);
