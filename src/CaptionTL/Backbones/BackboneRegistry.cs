using CaptionTL.Images;
using CaptionTL.Weights;

namespace CaptionTL.Backbones;

/// <summary>All architectures and their weights, by name.</summary>
public static class BackboneRegistry
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, BackboneEntry> Entries = new(StringComparer.Ordinal);

    static BackboneRegistry()
    {
        BackboneEntry[] entries =
        [
            .. EfficientNetLite.Registrations, .. EfficientNet.Registrations, .. ResNet.Registrations, .. Vgg.Registrations,
            .. InceptionV3.Registrations, .. Xception.Registrations, .. MobileNetV1.Registrations, .. MobileNetV2.Registrations,
            .. MobileNetV3.Registrations, .. DenseNet.Registrations, .. ConvNeXt.Registrations, .. SqueezeNet.Registrations,
        ];
        foreach (var entry in entries) Register(entry);
    }

    /// <summary>In order of registration.</summary>
    public static IReadOnlyList<BackboneEntry> All
    {
        get { lock (Gate) return [.. Entries.Values]; }
    }

    /// <exception cref="ArgumentException">The architecture, an alias, or a weight file, has a name that is taken.</exception>
    public static void Register(BackboneEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (Gate)
        {
            var taken = Entries.Values.SelectMany(NamesOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var names = NamesOf(entry).ToList();
            if (names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1 || taken.Contains(g.Key))
                is { } duplicate)
                throw new ArgumentException($"A backbone, alias or weight file named '{duplicate.Key}' is registered already.",
                    nameof(entry));
            Entries.Add(entry.Architecture, entry);
        }
    }

    /// <summary>
    /// An architecture by its own name, an alias (Keras's name for instance) or the name of one of its weight files, without regard to
    /// case.
    /// </summary>
    /// <exception cref="CaptionTLException">There is none; the message lists near matches.</exception>
    public static BackboneEntry Find(string name) =>
        All.FirstOrDefault(e => NamesOf(e).Contains(name, StringComparer.OrdinalIgnoreCase)) ?? throw Unknown(name);

    /// <summary>Weights by their name, or an architecture's first by the architecture's.</summary>
    /// <exception cref="CaptionTLException">There are none; the message lists near matches.</exception>
    public static BackboneWeights FindWeights(string name)
    {
        var entry = Find(name);
        if (entry.Weights.Count == 0) throw new CaptionTLException($"No published weights are known for '{name}'.");
        return entry.Weights.FirstOrDefault(w => string.Equals(w.Name, name, StringComparison.OrdinalIgnoreCase)) ?? entry.Weights[0];
    }

    private static IEnumerable<string> NamesOf(BackboneEntry entry) => entry.Aliases.Concat(entry.Weights.Select(w => w.Name))
        .Prepend(entry.Architecture);

    private static CaptionTLException Unknown(string name)
    {
        var known = All.SelectMany(NamesOf).ToList();
        var near = NearMatches.Of(name, known);
        return new CaptionTLException(near.Count > 0
            ? $"There is no backbone named '{name}'. Did you mean {string.Join(", ", near)}? 'captiontl models list' shows all."
            : $"There is no backbone named '{name}'. The ones there are: {string.Join(", ", All.Select(e => e.Architecture))}.");
    }
}

/// <summary>An architecture in the registry.</summary>
/// <param name="Architecture">torchvision's or timm's name.</param>
/// <param name="Describe">The network for these options.</param>
/// <param name="Weights">The published weight files that fit it; the first is the one meant by the bare architecture's name.</param>
public sealed record BackboneEntry(string Architecture, Func<BackboneOptions, Network> Describe, IReadOnlyList<BackboneWeights> Weights)
{
    /// <summary>Its description under its name.</summary>
    /// <exception cref="CaptionTLException">The options are out of range.</exception>
    public Network Network(BackboneOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Describe(options) with { Architecture = Architecture, Options = options };
    }

    /// <summary>Makes its modules, with random weights.</summary>
    /// <exception cref="CaptionTLException">The options are out of range.</exception>
    public Backbone Build(BackboneOptions options) => new(Network(options));

    /// <summary>
    /// Other names it is known by, for instance Keras's where it differs in more than capitals: names are found without regard to case.
    /// </summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>
    /// The architecture that computes what Keras's network of this name does, where this one does not: weights of Keras go there.
    /// </summary>
    public string? KerasVariant { get; init; }

    /// <summary>The layer that gives the class scores: it alone is replaced for another number of classes.</summary>
    public string Classifier { get; init; } = "fc";

    /// <summary>The convolution that reads the pixels: it alone is changed for another number of input channels.</summary>
    public string FirstConvolution { get; init; } = "conv1";

    /// <summary>Names of the classifier that only takes part in training begin with it; null where there is none.</summary>
    public string? AuxiliaryPrefix { get; init; }
}

/// <summary>What of an architecture may be chosen; everything else is fixed by its published weights.</summary>
public sealed record BackboneOptions
{
    /// <summary>Width of the last layer: the number of class scores.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels of the pixels: 3 for colour, 1 for grey.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>
    /// False leaves out everything above the last block: no parameters for it, and <c>forward</c> gives that block's grid.
    /// </summary>
    public bool IncludeTop { get; init; } = true;

    /// <summary>Whether a classifier that only takes part in training (Inception v3's) is built, where the architecture has one.</summary>
    public bool AuxiliaryHead { get; init; } = true;

    /// <exception cref="CaptionTLException">A number is out of range.</exception>
    public void Validate()
    {
        if (Classes < 1)
            throw new CaptionTLException($"A backbone needs at least one class, not {Classes}. Choose the number of classes of your "
                + $"data, or leave the top out.");
        if (InputChannels < 1)
            throw new CaptionTLException($"A backbone needs at least one input channel, not {InputChannels}. Choose 3 for colour or 1 "
                + $"for grey.");
    }
}

/// <summary>A published weight file of an architecture, with all that belongs to it.</summary>
/// <param name="Name">timm's name: architecture, a full stop, the training recipe.</param>
/// <param name="Architecture">The registry's name of the architecture.</param>
/// <param name="File">Where the file comes from and how it is checked.</param>
/// <param name="Preprocessing">What its pixels must have gone through.</param>
/// <param name="Top1">Per cent of ImageNet-1k's validation images right, as published.</param>
public sealed record BackboneWeights(string Name, string Architecture, WeightFile File, Preprocessing Preprocessing, double Top1);

/// <summary>The names somebody may have meant.</summary>
internal static class NearMatches
{
    /// <summary>Known names that differ by few edits or contain what was typed, the nearest first.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known, int count = 4) =>
    [
        .. known.Distinct(StringComparer.Ordinal)
            .Select(n => (Name: n, Distance: Levenshtein(n, name)))
            .Where(n => n.Distance <= Math.Max(2, name.Length / 2) || n.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal)
            .Take(count).Select(n => n.Name),
    ];

    // Edits (insert, delete, replace) between two names, without regard to case.
    private static int Levenshtein(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                (row[j], diagonal) = (Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)), row[j]);
            }
        }
        return row[b.Length];
    }
}
