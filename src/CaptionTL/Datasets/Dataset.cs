namespace CaptionTL.Datasets;

/// <summary>Pictures and what is known of them, as a folder or archive gave them.</summary>
/// <param name="Name">The folder's or archive's name.</param>
/// <param name="Path">Full path.</param>
/// <param name="Layout">How it was recognised, e.g. "Flickr8k/30k".</param>
/// <param name="Problems">All that was left out.</param>
public abstract record Dataset(string Name, string Path, string Layout, IReadOnlyList<DatasetProblem> Problems)
{
    /// <summary>The usable pictures, whatever else is known of them.</summary>
    public abstract IReadOnlyList<DatasetItem> Pictures { get; }

    /// <summary>What can be learned from it: "caption" or "classify".</summary>
    public abstract string Task { get; }

    /// <summary>The data set says which pictures are for training and which for scoring.</summary>
    public bool HasOfficialSplits => Pictures.Any(i => i.Split != null);
}
