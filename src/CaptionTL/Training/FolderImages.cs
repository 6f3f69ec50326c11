using System.Collections.Concurrent;
using CaptionTL.Backbones;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Batches of a folder's images, read as they are asked for, so that no more than a few batches are in memory: files are decoded ahead
/// in other threads while the caller computes, and augmented differently in every epoch where <see cref="Augmentation"/> is set.
/// </summary>
/// <param name="dataset">Images with a class each.</param>
/// <param name="preprocessing">What the network expects of pixels.</param>
public sealed class FolderImages(LabelledDataset dataset, Preprocessing preprocessing) : ILabelledBatches
{
    private readonly ConcurrentDictionary<string, string> _skipped = new(StringComparer.Ordinal);
    private readonly int _batchSize = 32;

    /// <param name="folder">A folder for each class, or any other layout that <see cref="LabelledDatasetReader"/> knows.</param>
    /// <param name="preprocessing">What the network expects of pixels.</param>
    /// <exception cref="CaptionTLException">There are no images of at least two classes.</exception>
    public FolderImages(string folder, Preprocessing preprocessing) : this(LabelledDatasetReader.Open(folder), preprocessing)
    {
    }

    /// <summary>Images in a batch; the last may have fewer.</summary>
    public int BatchSize
    {
        get => _batchSize;
        init => _batchSize = value > 0 ? value : throw new CaptionTLException($"A batch has at least one image, not {value}.");
    }

    /// <summary>Only the images of this split are used; all when null.</summary>
    public Split? Split { get; init; }

    /// <summary>Decides the order of each epoch.</summary>
    public ulong Seed { get; init; }

    /// <summary>How the images are changed, differently in each epoch; not at all when null.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Names in natural order.</summary>
    public IReadOnlyList<string> Classes => dataset.Classes;

    /// <summary>Images that could not be read so far, and why; they are left out.</summary>
    public IReadOnlyList<SkippedImage> Skipped =>
        [.. _skipped.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new SkippedImage(s.Key, s.Value))];

    /// <summary>Shuffled, and augmented where <see cref="Augmentation"/> is set.</summary>
    /// <inheritdoc/>
    /// <exception cref="CaptionTLException">No image can be read.</exception>
    public IEnumerable<LabelledBatch> Epoch(int epoch)
    {
        var items = Items();
        // Views 0 and 1 are the image and its mirror image.
        var view = Augmentation is null ? AugmentationView.Original : new AugmentationView(2 + epoch);
        return Read(BatchOrder.Shuffled(items.Count, Seed, epoch).Select(i => items[i]), view);
    }

    /// <inheritdoc/>
    /// <exception cref="CaptionTLException">No image can be read.</exception>
    public IEnumerable<LabelledBatch> InOrder() => Read(Items(), AugmentationView.Original);

    private IReadOnlyList<LabelledItem> Items()
    {
        var items = Split is null ? dataset.Items : [.. dataset.Items.Where(i => i.Split == Split)];
        return items.Count > 0 ? items : throw new CaptionTLException($"{dataset.Path} has no images of the split '{Split}'. "
            + $"Without a split, all of its {dataset.Items.Count} images are used.");
    }

    private IEnumerable<LabelledBatch> Read(IEnumerable<LabelledItem> items, AugmentationView view)
    {
        var preprocessor = new Preprocessor(preprocessing, Augmentation);
        using var reader = new ImageReader();
        var pixels = new PixelTensors(preprocessing);
        var read = 0;
        var prepared = ReadAhead.Select(items, 2 * BatchSize, item => (Item: item, Image: Prepare(reader, preprocessor, item, view)));
        foreach (var chunk in prepared.Chunk(BatchSize))
        {
            var kept = chunk.Where(p => p.Image is not null).ToList();
            if (kept.Count == 0) continue;
            read += kept.Count;
            using var batch = new LabelledBatch(pixels.Of(kept.ConvertAll(p => p.Image!)),
                tensor(kept.Select(p => (long)p.Item.Class).ToArray()))
            {
                Ids = kept.ConvertAll(p => p.Item.Id),
            };
            yield return batch;
        }
        if (read == 0)
            throw new CaptionTLException($"{dataset.Path}: none of its images can be read. The first: {Skipped[0].Id}: "
                + Skipped[0].Reason);
    }

    private RgbImage? Prepare(ImageReader reader, Preprocessor preprocessor, LabelledItem item, AugmentationView view)
    {
        try
        {
            return preprocessor.Prepare(reader.Read(item.Source), view);
        }
        catch (CaptionTLException e)
        {
            _skipped[item.Id] = e.Message;
            return null;
        }
    }
}

/// <summary>Works on the items of a sequence in other threads, ahead of the caller.</summary>
internal static class ReadAhead
{
    /// <summary>Results in the order of the items; at most <paramref name="ahead"/> are in progress or waiting at a time.</summary>
    /// <param name="items">Taken one by one on the caller's thread.</param>
    /// <param name="ahead">At least 1.</param>
    /// <param name="work">Called from many threads; its exceptions are rethrown where its result would come.</param>
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
