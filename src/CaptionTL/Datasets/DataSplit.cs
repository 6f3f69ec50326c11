using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CaptionTL.IO;

namespace CaptionTL.Datasets;

/// <summary>Which image is used for what. Saved with a run, so that going on or scoring later sees the same images.</summary>
public sealed class DataSplit
{
    private const int Version = 1;
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, Split> _byId;

    private DataSplit(Dictionary<string, Split> byId, string origin) => (_byId, Origin) = (byId, origin);

    /// <summary>Where it comes from, in words: "official", or the seed and the shares.</summary>
    public string Origin { get; }

    /// <summary>Null for an image that is not used.</summary>
    public Split? this[string id] => _byId.TryGetValue(id, out var split) ? split : null;

    public int Count(Split split) => _byId.Values.Count(s => s == split);

    /// <summary>The data set's own splits (see <see cref="Create(CaptionDataset, double, double, ulong)"/>).</summary>
    /// <returns>Null where it has none.</returns>
    public static DataSplit? Official(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (!dataset.HasOfficialSplits) return null;
        return dataset is LabelledDataset labelled ? Create(labelled) : Create((CaptionDataset)dataset);
    }

    /// <summary>
    /// The official splits where the data set has them; where it has official training images but no dev split, one is drawn from
    /// those. Otherwise images are drawn: which ones depends on their ids and the seed, not on the order of files or the machine.
    /// </summary>
    /// <param name="dataset">Any.</param>
    /// <param name="dev">Share of the images for choosing the best model, 0 to 1.</param>
    /// <param name="test">Share for the final score, 0 to 1.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="CaptionTLException">The shares leave nothing to train on.</exception>
    public static DataSplit Create(CaptionDataset dataset, double dev = 0.1, double test = 0.1, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return Create(dataset, dataset.Items, dev, test, seed, "", (items, devShare, testShare) => Draw(items, devShare, testShare, seed));
    }

    /// <summary>
    /// As for captions, and stratified: the draw is made within every class, so that a class of two or more images is in the
    /// train split and in the dev split (or the test split, where there is no dev), one of three or more in all of them.
    /// </summary>
    /// <param name="dataset">Any.</param>
    /// <param name="dev">Share of the images for choosing the best model, 0 to 1.</param>
    /// <param name="test">Share for the final score, 0 to 1.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="duplicates">Images with the same content (<see cref="DuplicateFinder"/>), which stay in one split; asked for only
    /// where something is drawn.</param>
    /// <exception cref="CaptionTLException">The shares leave nothing to train on, or no class has enough images to be split.</exception>
    public static DataSplit Create(LabelledDataset dataset, double dev = 0.1, double test = 0.1, ulong seed = 0,
        Func<IReadOnlyList<DuplicateGroup>>? duplicates = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return Create(dataset, dataset.Items, dev, test, seed, "stratified, ", (items, devShare, testShare) =>
            StratifiedDraw.Draw(items, devShare, testShare, seed, duplicates?.Invoke() ?? []));
    }

    private static DataSplit Create<TItem>(Dataset dataset, IReadOnlyList<TItem> items, double dev, double test, ulong seed, string how,
        Func<IReadOnlyList<TItem>, double, double, Dictionary<string, Split>> draw) where TItem : DatasetItem
    {
        if (!(dev >= 0 && test >= 0 && dev + test < 1))
            throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture,
                $"the shares of the dev and test splits must be at least 0 and together below 1, got {dev} and {test}"));
        if (!dataset.HasOfficialSplits)
            return new DataSplit(draw(items, dev, test), FormattableString.Invariant($"{how}seed {seed}, dev {dev}, test {test}"));
        var byId = items.Where(i => i.Split != null).ToDictionary(i => i.Id, i => i.Split!.Value, StringComparer.Ordinal);
        if (byId.ContainsValue(Split.Dev) || !byId.ContainsValue(Split.Train)) return new DataSplit(byId, "official");
        foreach (var (id, split) in draw([.. items.Where(i => i.Split == Split.Train)], dev, 0)) byId[id] = split;
        return new DataSplit(byId, FormattableString.Invariant($"official, dev drawn from train: {how}seed {seed}, dev {dev}"));
    }

    /// <summary>The images of one split, in the data set's order.</summary>
    public IReadOnlyList<CaptionItem> Items(CaptionDataset dataset, Split split)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return [.. dataset.Items.Where(i => this[i.Id] == split)];
    }

    /// <inheritdoc cref="Items(CaptionDataset, Split)"/>
    public IReadOnlyList<LabelledItem> Items(LabelledDataset dataset, Split split)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return [.. dataset.Items.Where(i => this[i.Id] == split)];
    }

    /// <exception cref="CaptionTLException">Images of the split are not in the data set any more.</exception>
    public void CheckAgainst(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var there = dataset.Images.Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        var gone = _byId.Keys.Where(id => !there.Contains(id)).Order(StringComparer.Ordinal).ToList();
        if (gone.Count > 0)
            throw new CaptionTLException($"{dataset.Path}: {gone.Count} of the {_byId.Count} images this run was started with are "
                + $"missing, the first is {gone[0]}; put them back, or start a new run");
    }

    /// <summary>Written beside, flushed and renamed: a reader never sees half of it.</summary>
    public void Save(string path)
    {
        var file = new SplitFile(Version, Origin, Ids(Split.Train), Ids(Split.Dev), Ids(Split.Test));
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, file, Json));
    }

    /// <exception cref="CaptionTLException">Not there, not such a file, or an image in two splits.</exception>
    public static DataSplit Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var file = JsonSerializer.Deserialize<SplitFile>(stream, Json);
            if (file is not { Version: Version, Origin: not null, Train: not null, Dev: not null, Test: not null })
                throw new CaptionTLException($"{path}: not a split of version {Version}");
            var byId = new Dictionary<string, Split>(StringComparer.Ordinal);
            foreach (var (ids, split) in ((string[], Split)[])[(file.Train, Split.Train), (file.Dev, Split.Dev), (file.Test, Split.Test)])
            foreach (var id in ids)
                if (!byId.TryAdd(id, split)) throw new CaptionTLException($"{path}: the image {id} is there twice");
            return new DataSplit(byId, file.Origin);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CaptionTLException($"{path}: cannot be read: {e.Message}", inner: e);
        }
    }

    /// <summary>Images in the order of a hash of seed and id; the first are the test split, the next the dev split.</summary>
    private static Dictionary<string, Split> Draw(IReadOnlyList<CaptionItem> items, double dev, double test, ulong seed)
    {
        var shuffled = items.Select(i => i.Id).OrderBy(id => DrawOrder.Key(id, seed), StringComparer.Ordinal).ToList();
        var (tests, devs) = (DrawOrder.Share(test, items.Count), DrawOrder.Share(dev, items.Count));
        if (tests + devs >= items.Count)
            throw new CaptionTLException($"{items.Count} images are too few to be split: {tests} for test and {devs} for dev leave "
                + $"none to train on");
        return shuffled.Select((id, i) => (id, split: i < tests ? Split.Test : i < tests + devs ? Split.Dev : Split.Train))
            .ToDictionary(p => p.id, p => p.split, StringComparer.Ordinal);
    }

    private string[] Ids(Split split) => [.. _byId.Where(p => p.Value == split).Select(p => p.Key).Order(StringComparer.Ordinal)];

    private sealed record SplitFile(
        [property: JsonPropertyOrder(0)] int Version, [property: JsonPropertyOrder(1)] string Origin,
        [property: JsonPropertyOrder(2)] string[] Train, [property: JsonPropertyOrder(3)] string[] Dev,
            [property: JsonPropertyOrder(4)] string[] Test);
}

/// <summary>The words that data sets use for their splits.</summary>
public static class SplitNames
{
    /// <summary>
    /// Null where the word is none of them. "restval" is Karpathy's name for COCO's validation images that he trains on.
    /// </summary>
    public static Split? Parse(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "train" or "training" or "restval" => Split.Train,
        "dev" or "val" or "valid" or "validation" or "development" => Split.Dev,
        "test" or "testing" => Split.Test,
        _ => null,
    };

    /// <summary>From a file or folder name such as "captions_train2017.json", "Flickr_8k.devImages.txt" or "validation".</summary>
    public static Split? FromName(string name)
    {
        var letters = new string([.. name.Select(c => char.IsAsciiLetter(c) ? c : ' ')]);
        foreach (var word in letters.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var stem = word.EndsWith("Images", StringComparison.OrdinalIgnoreCase) ? word[..^"Images".Length] : word;
            if (Parse(stem) is { } split) return split;
        }
        return null;
    }
}

/// <summary>Draws splits within every class. Images of the same content are drawn as one.</summary>
internal static class StratifiedDraw
{
    /// <summary>Images that stay together, by the id that comes first.</summary>
    private sealed record Unit(string Id, int Class, IReadOnlyList<string> Ids);

    /// <exception cref="CaptionTLException">No class has enough images for a split that is asked for.</exception>
    public static Dictionary<string, Split> Draw(IReadOnlyList<LabelledItem> items, double dev, double test, ulong seed,
        IReadOnlyList<DuplicateGroup> duplicates)
    {
        var byId = new Dictionary<string, Split>(StringComparer.Ordinal);
        foreach (var units in Units(items, duplicates).GroupBy(u => u.Class)) Draw([.. units], dev, test, seed, byId);
        foreach (var (split, share) in ((Split, double)[])[(Split.Dev, dev), (Split.Test, test)])
            if (share > 0 && !byId.ContainsValue(split))
                throw new CaptionTLException($"{items.Count} images are too few to be split: no class has different images enough "
                    + $"for a {split.ToString().ToLowerInvariant()} split beside the others");
        return byId;
    }

    /// <summary>
    /// In the order of the hash the first are the test split, the next the dev split, the rest is trained on. Of few images one is kept
    /// for training, before that one for dev. Duplicates come last, so that scores are of images that count once.
    /// </summary>
    private static void Draw(IReadOnlyList<Unit> units, double dev, double test, ulong seed, Dictionary<string, Split> byId)
    {
        var count = units.Sum(u => u.Ids.Count);
        var (tests, devs) = (DrawOrder.Share(test, count), DrawOrder.Share(dev, count));
        var left = units.Count;
        foreach (var unit in units.OrderBy(u => u.Ids.Count > 1).ThenBy(u => DrawOrder.Key(u.Id, seed), StringComparer.Ordinal))
        {
            var split = tests > 0 && left > (devs > 0 ? 2 : 1) ? Split.Test : devs > 0 && left > 1 ? Split.Dev : Split.Train;
            if (split == Split.Test) tests -= unit.Ids.Count;
            if (split == Split.Dev) devs -= unit.Ids.Count;
            foreach (var id in unit.Ids) byId.Add(id, split);
            left--;
        }
    }

    /// <summary>A group with labels that differ counts to the class of its first image.</summary>
    private static IEnumerable<Unit> Units(IReadOnlyList<LabelledItem> items, IReadOnlyList<DuplicateGroup> duplicates)
    {
        var group = duplicates.SelectMany(g => g.Ids, (g, id) => (id, g.Sha256))
            .ToDictionary(p => p.id, p => p.Sha256, StringComparer.Ordinal);
        foreach (var unit in items.GroupBy(i => group.GetValueOrDefault(i.Id, i.Id), StringComparer.Ordinal))
        {
            var first = unit.MinBy(i => i.Id, StringComparer.Ordinal)!;
            yield return new Unit(first.Id, first.Class, [.. unit.Select(i => i.Id)]);
        }
    }
}

/// <summary>
/// How images are drawn into splits: by a hash of seed and id, not by the order of files, the machine, or what else is there.
/// </summary>
internal static class DrawOrder
{
    /// <summary>To be sorted by, ordinally: SHA-256 of "SEED\nID" in hexadecimal.</summary>
    public static string Key(string id, ulong seed) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed}\n{id}"))));

    /// <summary>A share above 0 is at least one image.</summary>
    public static int Share(double share, int count) => share > 0 ? Math.Max(1, (int)Math.Round(share * count)) : 0;
}
