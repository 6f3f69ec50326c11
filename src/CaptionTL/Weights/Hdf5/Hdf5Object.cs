namespace CaptionTL.Weights.Hdf5;

/// <summary>What the object header of a group or dataset says.</summary>
internal sealed class Hdf5Object
{
    /// <summary>Attributes of text, scalar or a list.</summary>
    public Dictionary<string, string[]> Texts { get; } = new(StringComparer.Ordinal);

    /// <summary>Of a group: addresses of its B-tree and its heap of names.</summary>
    public (long Tree, long Heap)? Group { get; set; }

    public long[]? Shape { get; set; }

    public Hdf5Type? Type { get; set; }

    public Hdf5Storage? Storage { get; set; }

    /// <summary>Of a dataset: what was done to its blocks, in this order: 1 deflate, 2 shuffle.</summary>
    public int[] Filters { get; set; } = [];
}
