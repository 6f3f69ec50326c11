using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Datasets;

/// <summary>
/// Finds images that are nearly the same by the cosine similarity of their features. Pairs above the threshold are linked, and what is
/// linked, over others too, is a group. All pairs are compared, a block of rows at a time: N² products in all, memory for one block.
/// </summary>
public static class NearDuplicateFinder
{
    /// <summary>
    /// Measured with EfficientNet-Lite0's averaged last grid at 224 pixels, on 445 photos and their copies. Found from here on: 94 % of
    /// the mirrored ones, 92 % of those cropped to 95 % of width and height, 78 % at 90 %, 32 % at 80 % from a corner, 20 % of those saved
    /// at JPEG quality 20; no two of the 445 themselves. Of the 24 million pairs of 7,000 Flickr8k photos 14 are above it: one photo
    /// twice, one edited, nine of one scene, three that only resemble each other. From 0.8 on it is 99, 99, 97, 75 and 54 %, and 48 pairs.
    /// </summary>
    public const double DefaultThreshold = 0.85;

    // Similarities computed at once: 16 MiB of them.
    private const int PairsAtOnce = 4 << 20;

    /// <param name="items">Images.</param>
    /// <param name="vectors">Their features, (N, C), each of Euclidean length 1.</param>
    /// <param name="threshold">Least cosine similarity of a pair that is linked.</param>
    /// <param name="progress">Told how many images have been compared with all others.</param>
    /// <param name="cancellation">Ends the search with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Those across splits first, then the most similar first.</returns>
    public static IReadOnlyList<NearDuplicateGroup> Find(
        IReadOnlyList<DatasetItem> items, Tensor vectors, double threshold, Action<int>? progress = null,
            CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (vectors.dim() != 2 || vectors.shape[0] != items.Count)
            throw new ArgumentException($"{items.Count} images have vectors of shape ({string.Join(", ", vectors.shape)})",
                nameof(vectors));
        var links = new Links(items.Count);
        var rows = Math.Max(1, PairsAtOnce / Math.Max(1, items.Count));
        for (var first = 0; first < items.Count; first += rows)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(rows, items.Count - first);
            using var scope = NewDisposeScope();
            // (count, N - first): what comes before has been compared with these already.
            var similarities = vectors.narrow(0, first, count).mm(vectors.narrow(0, first, items.Count - first).t()).contiguous().cpu();
            var values = MemoryMarshal.Cast<byte, float>(similarities.bytes);
            for (var i = 0; i < count; i++)
            {
                var row = values.Slice(i * (items.Count - first), items.Count - first);
                for (var j = i + 1; j < row.Length; j++)
                    if (row[j] >= threshold) links.Add(first + i, first + j, row[j]);
            }
            progress?.Invoke(first + count);
        }
        return
        [
            .. links.Groups().Select(g => Group([.. g.Members.Select(i => items[i])], g.Similarity))
                .OrderByDescending(g => g.AcrossSplits).ThenByDescending(g => g.Similarity),
        ];
    }

    private static NearDuplicateGroup Group(IReadOnlyList<DatasetItem> items, float similarity) => new(
        Math.Round(Math.Min(1, similarity), 4),
        [.. items.Select(i => i.Id)],
        AcrossSplits: items.Select(i => i.Split).Where(s => s != null).Distinct().Skip(1).Any(),
        AcrossClasses: items.OfType<LabelledItem>().Select(i => i.Class).Distinct().Skip(1).Any());

    /// <summary>Sets of linked images (union-find), and how similar each image is to the one closest to it.</summary>
    private sealed class Links(int count)
    {
        private readonly int[] _parent = [.. Enumerable.Range(0, count)];
        private readonly float[] _closest = new float[count];

        public void Add(int a, int b, float similarity)
        {
            (_closest[a], _closest[b]) = (Math.Max(_closest[a], similarity), Math.Max(_closest[b], similarity));
            var (x, y) = (Root(a), Root(b));
            _parent[Math.Max(x, y)] = Math.Min(x, y);
        }

        public IEnumerable<(IReadOnlyList<int> Members, float Similarity)> Groups() =>
            Enumerable.Range(0, count).GroupBy(Root).Where(g => g.Skip(1).Any())
                .Select(g => ((IReadOnlyList<int>)[.. g], g.Min(i => _closest[i])));

        private int Root(int i)
        {
            for (; _parent[i] != i; i = _parent[i]) _parent[i] = _parent[_parent[i]];
            return i;
        }
    }
}

/// <summary>Images that a network takes for nearly the same, by id: mirrored, cropped, compressed again, or the next frame.</summary>
/// <param name="Similarity">Every image of the group is at least this similar to another one of it; 1 is the same.</param>
/// <param name="Ids">At least two, in the data set's order.</param>
/// <param name="AcrossSplits">They are in different official splits.</param>
/// <param name="AcrossClasses">They have different labels. False where images have captions.</param>
public sealed record NearDuplicateGroup(double Similarity, IReadOnlyList<string> Ids, bool AcrossSplits, bool AcrossClasses);

/// <summary>What a search for nearly equal images found.</summary>
/// <param name="Backbone">The network that compared them.</param>
/// <param name="Threshold">Least similarity of two images that count as nearly equal.</param>
/// <param name="Groups">Those across splits first, then the most similar first.</param>
public sealed record NearDuplicateReport(string Backbone, double Threshold, IReadOnlyList<NearDuplicateGroup> Groups)
{
    /// <summary>Groups of which one image is trained on and another scored: the score then flatters.</summary>
    public int AcrossSplits => Groups.Count(g => g.AcrossSplits);

    /// <summary>Groups with different labels.</summary>
    public int AcrossClasses => Groups.Count(g => g.AcrossClasses);
}
