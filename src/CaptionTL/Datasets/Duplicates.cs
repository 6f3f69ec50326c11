using System.Collections.Concurrent;
using System.Security.Cryptography;
using CaptionTL.Images;

namespace CaptionTL.Datasets;

/// <summary>Finds images that are there twice, byte for byte. Every file is read once, none is decoded.</summary>
public static class DuplicateFinder
{
    /// <summary>Groups in the order of their first images. Files that cannot be read are in none.</summary>
    /// <param name="dataset">Any.</param>
    /// <param name="progress">Told how many images are done, now and then, from any thread.</param>
    /// <param name="cancellation">Ends the search with <see cref="OperationCanceledException"/>.</param>
    public static IReadOnlyList<DuplicateGroup> Find(Dataset dataset, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var items = dataset.Images;
        var hashes = new string?[items.Count];
        var done = 0;
        using var reader = new ImageReader();
        Parallel.ForEach(Partitioner.Create(0, items.Count, 64),
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, range =>
        {
            for (var i = range.Item1; i < range.Item2; i++) hashes[i] = HashOf(reader, items[i].Source);
            progress?.Report(Interlocked.Add(ref done, range.Item2 - range.Item1));
        });
        return Group(items, hashes);
    }

    /// <param name="items">Images.</param>
    /// <param name="hashes">The SHA-256 of each, null where it could not be read.</param>
    internal static List<DuplicateGroup> Group(IReadOnlyList<DatasetItem> items, IReadOnlyList<string?> hashes) =>
    [
        .. items.Zip(hashes).Where(p => p.Second != null).GroupBy(p => p.Second!, p => p.First, StringComparer.Ordinal)
        .Where(g => g.Skip(1).Any())
            .Select(g => new DuplicateGroup(g.Key, [.. g.Select(i => i.Id)],
                AcrossSplits: g.Select(i => i.Split).Where(s => s != null).Distinct().Skip(1).Any(),
                AcrossClasses: g.OfType<LabelledItem>().Select(i => i.Class).Distinct().Skip(1).Any())),
    ];

    private static string? HashOf(ImageReader reader, ImageSource source)
    {
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(reader.Read(source)));
        }
        catch (CaptionTLException)
        {
            return null;
        }
    }
}

/// <summary>Images with the same bytes, by id.</summary>
/// <param name="Sha256">Of their content.</param>
/// <param name="Ids">At least two.</param>
/// <param name="AcrossSplits">They are in different official splits.</param>
/// <param name="AcrossClasses">They have different labels, of which one at most is right. False where images have captions.</param>
public sealed record DuplicateGroup(string Sha256, IReadOnlyList<string> Ids, bool AcrossSplits, bool AcrossClasses = false);

/// <summary>What a look at an image's file found.</summary>
/// <param name="Bytes">Of the file; 0 where it could not be read.</param>
/// <param name="Sha256">Of the file, or null.</param>
/// <param name="Header">Null where the image cannot be used.</param>
/// <param name="Problem">Why, or null.</param>
internal sealed record ImageLook(long Bytes, string? Sha256, ImageHeader? Header, string? Problem);
