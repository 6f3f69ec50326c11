namespace CaptionTL.Training;

/// <summary>A training picture with captions that are learned together, so that its embedding is projected once for all of them.</summary>
/// <param name="Picture">Which picture, counted over the training pictures.</param>
/// <param name="Captions">Indices into the vocabulary, without beginning and end; at most <see cref="CaptionsTogether"/>.</param>
public sealed record TrainingPicture(int Picture, IReadOnlyList<int[]> Captions)
{
    /// <summary>A picture with more captions occurs several times.</summary>
    public const int CaptionsTogether = 1;

    /// <summary>Words of the longest caption.</summary>
    public int Longest { get; } = Captions.Max(c => c.Length);

    /// <summary>A picture's captions in portions of at most <see cref="CaptionsTogether"/>.</summary>
    public static IEnumerable<TrainingPicture> Of(int picture, IEnumerable<int[]> captions) =>
        captions.Chunk(CaptionsTogether).Select(together => new TrainingPicture(picture, together));
}
