namespace CaptionTL.Training.Plans;

/// <summary>How a grid (cells, channels) becomes one vector.</summary>
public enum Pooling
{
    /// <summary>Mean over the cells: channels numbers.</summary>
    Average,

    /// <summary>Largest over the cells: channels numbers.</summary>
    Max,

    /// <summary>Both, mean first: 2 · channels numbers.</summary>
    Both,

    /// <summary>All of it, cell by cell: cells · channels numbers.</summary>
    Flatten,
}
