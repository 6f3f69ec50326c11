using System.Text.Json;
using CaptionTL.Backbones;
using CaptionTL.IO;
using CaptionTL.Images;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Features of images with their classes, all in memory, to train a new network on without the one they came from. Kept in a safetensors
/// file: "features" (F32) and "labels" (I64), and the names of classes and images as JSON in its metadata.
/// </summary>
public sealed class ImageFeatures : ILabelledBatches, IDisposable
{
    private const string FeaturesEntry = "features";
    private const string LabelsEntry = "labels";
    private const string ClassesEntry = "classes";
    private const string ImagesEntry = "images";

    /// <param name="values">(N, …) fp32; owned from here on.</param>
    /// <param name="labels">(N) int64, indices into <paramref name="classes"/>; owned from here on.</param>
    /// <param name="classes">Names.</param>
    /// <param name="ids">The images' names, N of them.</param>
    /// <exception cref="ArgumentException">The sizes do not match.</exception>
    public ImageFeatures(Tensor values, Tensor labels, IReadOnlyList<string> classes, IReadOnlyList<string> ids)
    {
        if (values.dim() < 2 || labels.dim() != 1 || labels.shape[0] != values.shape[0] || ids.Count != values.shape[0])
            throw new ArgumentException($"features ({string.Join(", ", values.shape)}), labels ({string.Join(", ", labels.shape)}) and "
                + $"{ids.Count} names are not of the same images");
        (Values, Labels, Classes, Ids) = (values.DetachFromDisposeScope(), labels.DetachFromDisposeScope(), classes, ids);
    }

    /// <summary>(N, …), in the shape of the layer's output.</summary>
    public Tensor Values { get; }

    /// <summary>Indices into the classes (N), int64.</summary>
    public Tensor Labels { get; }

    public IReadOnlyList<string> Classes { get; }

    /// <summary>The images' names within their data set.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>Number of values per image.</summary>
    public long Size => Values.shape[1..].Aggregate(1L, (a, b) => a * b);

    /// <summary>Images in a batch; the last may have fewer.</summary>
    public int BatchSize { get; set; } = 32;

    /// <summary>Decides the order of each epoch.</summary>
    public ulong Seed { get; set; }

    /// <summary>Runs every image through a network once, in inference mode and without augmentation.</summary>
    /// <param name="network">Pixels to features, for instance a <see cref="LayerOutput"/>; its mode stays as it was.</param>
    /// <param name="images">Images that cannot be read are left out.</param>
    /// <exception cref="CaptionTLException">No image can be read, or the images do not fit the network.</exception>
    public static ImageFeatures Extract(nn.Module<Tensor, Tensor> network, ILabelledBatches images)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var modes = new ModuleModes(network);
        var (values, labels, ids) = (new List<Tensor>(), new List<Tensor>(), new List<string>());
        foreach (var batch in images.InOrder())
        {
            values.Add(network.call(batch.Inputs).contiguous());
            labels.Add(batch.Labels.clone());
            ids.AddRange(batch.Ids);
        }
        return new ImageFeatures(cat(values, 0), cat(labels, 0), images.Classes, ids);
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Save(string path) =>
        SafetensorsWriter.Write(path, [StateDict.Entry(FeaturesEntry, Values), StateDict.Entry(LabelsEntry, Labels)],
            new Dictionary<string, string>
            {
                [ClassesEntry] = JsonSerializer.Serialize(Classes, Json.Compact),
                [ImagesEntry] = JsonSerializer.Serialize(Ids, Json.Compact),
            });

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="WeightFileException">The file is damaged, or holds no features with labels.</exception>
    public static ImageFeatures Load(string path)
    {
        using var file = SafetensorsFile.Open(path);
        using var scope = NewDisposeScope();
        var (values, labels) = (StateDict.Read(file, FeaturesEntry), StateDict.Read(file, LabelsEntry));
        var (classes, ids) = (Names(file, ClassesEntry), Names(file, ImagesEntry));
        if (values.dtype != ScalarType.Float32 || labels.dtype != ScalarType.Int64 || values.dim() < 2 || values.numel() == 0
            || labels.dim() != 1 || labels.shape[0] != values.shape[0] || ids.Length != values.shape[0])
            throw Bad(path, $"features of shape {TensorShapes.Text(values.shape)}, labels of {TensorShapes.Text(labels.shape)} and "
                + $"{ids.Length} names of images do not belong together");
        if (labels.data<long>().Any(label => label < 0 || label >= classes.Length))
            throw Bad(path, $"a label is not one of the {classes.Length} classes");
        return new ImageFeatures(values.to(get_default_device()), labels.to(get_default_device()), classes, ids);
    }

    /// <summary>Shuffled.</summary>
    /// <inheritdoc/>
    public IEnumerable<LabelledBatch> Epoch(int epoch) => Batches(BatchOrder.Shuffled(Ids.Count, Seed, epoch));

    /// <inheritdoc/>
    public IEnumerable<LabelledBatch> InOrder() => Batches([.. Enumerable.Range(0, Ids.Count)]);

    public void Dispose()
    {
        Values.Dispose();
        Labels.Dispose();
    }

    private IEnumerable<LabelledBatch> Batches(int[] order)
    {
        foreach (var rows in order.Chunk(Math.Max(1, BatchSize)))
        {
            using var index = tensor(rows.Select(i => (long)i).ToArray());
            using var batch = new LabelledBatch(Values.index_select(0, index), Labels.index_select(0, index))
            {
                Ids = [.. rows.Select(i => Ids[i])],
            };
            yield return batch;
        }
    }

    private static string[] Names(SafetensorsFile file, string entry)
    {
        try
        {
            if (file.Metadata.TryGetValue(entry, out var text) && JsonSerializer.Deserialize<string[]>(text, Json.Compact) is { } names
                && names.All(n => n is not null)) return names;
        }
        catch (JsonException)
        {
            // reported below
        }
        throw Bad(file.Path, $"its metadata has no list '{entry}'");
    }

    private static WeightFileException Bad(string path, string reason) => new(path, "features", reason + "; extract the features again");
}

/// <summary>Images or features with a class each, in batches; every enumeration starts from the beginning.</summary>
public interface ILabelledBatches
{
    /// <summary>Names; labels are indices into this list.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>Everything once, for training: order and augmentation follow from seed and epoch alone.</summary>
    /// <param name="epoch">From 0.</param>
    IEnumerable<LabelledBatch> Epoch(int epoch);

    /// <summary>Everything once, without augmentation and in its own order, for feature extraction or scoring.</summary>
    IEnumerable<LabelledBatch> InOrder();
}

/// <summary>Some images with their classes. Its tensors are freed when the next batch is asked for.</summary>
/// <param name="Inputs">Normalised pixels (N, 3, H, W), or features (N, …).</param>
/// <param name="Labels">Indices into the classes (N), int64.</param>
public sealed record LabelledBatch(Tensor Inputs, Tensor Labels) : IDisposable
{
    /// <summary>The images' names within their data set, in the batch's order.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    public void Dispose()
    {
        Inputs.Dispose();
        Labels.Dispose();
    }
}

/// <summary>The order of an epoch, the same on every machine.</summary>
internal static class BatchOrder
{
    /// <summary>0 … <paramref name="count"/> − 1, shuffled (Fisher and Yates) by seed and epoch.</summary>
    public static int[] Shuffled(int count, ulong seed, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        var random = new SplitMix64(new SplitMix64(seed).Next() ^ new SplitMix64(~(ulong)epoch).Next());
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
