namespace CaptionTL.Datasets;

/// <summary>Draws splits from every class by itself. Pictures of the same content are drawn as one.</summary>
internal static class StratifiedDraw
{
    /// <summary>Pictures that stay together, by the id that comes first.</summary>
    private sealed record Unit(string Id, int Class, IReadOnlyList<string> Ids);

    /// <exception cref="CaptionTLException">No class has enough pictures for a split that is asked for.</exception>
    public static Dictionary<string, Split> Draw(IReadOnlyList<LabelledItem> items, double dev, double test, ulong seed, IReadOnlyList<DuplicateGroup> duplicates)
    {
        var byId = new Dictionary<string, Split>(StringComparer.Ordinal);
        foreach (var units in Units(items, duplicates).GroupBy(u => u.Class)) Draw([.. units], dev, test, seed, byId);
        foreach (var (split, share) in ((Split, double)[])[(Split.Dev, dev), (Split.Test, test)])
            if (share > 0 && !byId.ContainsValue(split))
                throw new CaptionTLException($"{items.Count} pictures are too few to be split: no class has different pictures enough for a {split.ToString().ToLowerInvariant()} split beside the others");
        return byId;
    }

    /// <summary>
    /// In the order of the hash the first are the test split, the next the dev split, the rest is trained on. Of few pictures one is kept
    /// for training, before that one for dev. Duplicates come last, so that scores are of pictures that count once.
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

    /// <summary>A group with labels that differ counts to the class of its first picture.</summary>
    private static IEnumerable<Unit> Units(IReadOnlyList<LabelledItem> items, IReadOnlyList<DuplicateGroup> duplicates)
    {
        var group = duplicates.SelectMany(g => g.Ids, (g, id) => (id, g.Sha256)).ToDictionary(p => p.id, p => p.Sha256, StringComparer.Ordinal);
        foreach (var unit in items.GroupBy(i => group.GetValueOrDefault(i.Id, i.Id), StringComparer.Ordinal))
        {
            var first = unit.MinBy(i => i.Id, StringComparer.Ordinal)!;
            yield return new Unit(first.Id, first.Class, [.. unit.Select(i => i.Id)]);
        }
    }
}
