namespace CaptionTL.Training.Captions;

/// <summary>A training picture with captions that are learned together, so that its embedding is projected once for all of them.</summary>
/// <param name="Picture">Which picture, counted over the training pictures.</param>
/// <param name="Captions">At least one; indices into the vocabulary, without beginning and end.</param>
public sealed record TrainingPicture(int Picture, IReadOnlyList<int[]> Captions)
{
    /// <summary>Words of the longest caption.</summary>
    public int Longest { get; } = Captions.Max(c => c.Length);

    /// <summary>The picture with at most <paramref name="each"/> of its captions at a time.</summary>
    public IEnumerable<TrainingPicture> Portions(int each) => Captions.Chunk(each).Select(together => new TrainingPicture(Picture, together));
}
