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
            if (names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1 || taken.Contains(g.Key)) is { } duplicate)
                throw new ArgumentException($"A backbone, alias or weight file named '{duplicate.Key}' is registered already.", nameof(entry));
            Entries.Add(entry.Architecture, entry);
        }
    }

    /// <summary>An architecture by its own name, an alias (Keras's name for instance) or the name of one of its weight files, without regard to case.</summary>
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

    private static IEnumerable<string> NamesOf(BackboneEntry entry) => entry.Aliases.Concat(entry.Weights.Select(w => w.Name)).Prepend(entry.Architecture);

    private static CaptionTLException Unknown(string name)
    {
        var known = All.SelectMany(NamesOf).ToList();
        var near = NearMatches.Of(name, known);
        return new CaptionTLException(near.Count > 0
            ? $"There is no backbone named '{name}'. Did you mean {string.Join(", ", near)}? 'captiontl models list' shows all."
            : $"There is no backbone named '{name}'. The ones there are: {string.Join(", ", All.Select(e => e.Architecture))}.");
    }
}
