using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Images;

namespace CaptionTL.Datasets.Shapes;

/// <summary>
/// A small data set that is drawn instead of collected: for first steps, lessons and tests. The same options and seed give the
/// same images and sentences everywhere.
/// </summary>
public static class ShapeDataset
{
    private const int Quality = 90;

    /// <summary>Writes it: metadata.jsonl and images, or train and val with a folder for each shape.</summary>
    /// <param name="folder">Made where it is missing; must be empty.</param>
    /// <param name="options">What is drawn.</param>
    /// <param name="progress">Images written.</param>
    /// <param name="cancellation">Between two images.</param>
    /// <exception cref="CaptionTLException">A value is out of range, or the folder holds something.</exception>
    public static void Write(string folder, ShapeDatasetOptions options, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validated();
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new CaptionTLException($"{folder} is not empty. Choose another folder.");
        Directory.CreateDirectory(folder);
        var lines = new List<string>();
        for (var i = 0; i < options.Images; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            // A generator of its own for each image: more images leave those before them as they were.
            var random = new SplitMix64(options.Seed * 1_000_003 + (ulong)i);
            var split = i % 5 == 4 ? "val" : "train";
            if (options.Classes) WriteClass(folder, split, i, random, options);
            else lines.Add(WriteCaptioned(folder, split, i, random, options));
            progress?.Report(i + 1);
        }
        if (!options.Classes) AtomicFile.WriteAllText(Path.Combine(folder, "metadata.jsonl"), string.Concat(lines));
    }

    private static void WriteClass(string folder, string split, int index, SplitMix64 random, ShapeDatasetOptions options)
    {
        // Both splits have all kinds: every fifth image is for development, and there are five kinds.
        var kinds = Enum.GetValues<ShapeKind>();
        var kind = kinds[(index + index / kinds.Length) % kinds.Length];
        Save(Path.Combine(folder, split, kind.ToString().ToLowerInvariant(), Name(index)), ShapeScene.Draw(random, kind), options);
    }

    private static string WriteCaptioned(string folder, string split, int index, SplitMix64 random, ShapeDatasetOptions options)
    {
        var scene = ShapeScene.Draw(random);
        Save(Path.Combine(folder, Name(index)), scene, options);
        return JsonSerializer.Serialize(new Dictionary<string, object> { ["file_name"] = Name(index), ["split"] = split,
            ["captions"] = ShapeGrammar.Captions(scene, options.Captions, random) }) + "\n";
    }

    private static string Name(int index) => FormattableString.Invariant($"shape-{index:00000}.jpg");

    private static void Save(string path, ShapeScene scene, ShapeDatasetOptions options)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, JpegWriter.Write(ShapePainter.Paint(scene, options.Side), Quality));
    }
}

/// <summary>A data set of drawn shapes.</summary>
public sealed record ShapeDatasetOptions
{
    /// <summary>In all; every fifth is for development.</summary>
    public int Images { get; init; } = 300;

    /// <summary>Pixels.</summary>
    public int Side { get; init; } = 160;

    /// <summary>A folder for each shape instead of captions.</summary>
    public bool Classes { get; init; }

    /// <summary>Sentences for each image.</summary>
    public int Captions { get; init; } = 5;

    public ulong Seed { get; init; } = 1;

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public ShapeDatasetOptions Validated()
    {
        if (Images is < 10 or > 100_000) throw Wrong("number of images", Images, "from 10 to 100,000");
        if (Side is < 16 or > 2048) throw Wrong("side", Side, "from 16 to 2048 pixels");
        if (Captions is < 1 or > 50) throw Wrong("number of captions per image", Captions, "from 1 to 50");
        return this;
    }

    private static CaptionTLException Wrong(string name, int value, string range) =>
        new(FormattableString.Invariant($"The {name} is {value}; it must be {range}."));
}
