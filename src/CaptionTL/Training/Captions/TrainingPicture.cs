namespace CaptionTL.Training.Captions;

/// <summary>A training picture with captions that are learned together, so that its embedding is projected once for all of them.</summary>
/// <param name="Picture">Which picture, counted over the training pictures.</param>
/// <param name="Captions">Indices into the vocabulary, without beginning and end; at most as many as the plan says.</param>
public sealed record TrainingPicture(int Picture, IReadOnlyList<int[]> Captions)
{
    /// <summary>Words of the longest caption.</summary>
    public int Longest { get; } = Captions.Max(c => c.Length);

    /// <summary>A picture's captions in portions of at most <paramref name="each"/>; a picture with more occurs several times.</summary>
    public static IEnumerable<TrainingPicture> Of(int picture, IEnumerable<int[]> captions, int each) =>
        captions.Chunk(each).Select(together => new TrainingPicture(picture, together));
}
