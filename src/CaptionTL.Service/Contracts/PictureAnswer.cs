namespace CaptionTL.Service.Contracts;

/// <summary>A line of a caption job's answers.</summary>
/// <param name="Id">The picture's name in its data set.</param>
public sealed record PictureAnswer(string Id)
{
    /// <summary>The best caption, as a sentence.</summary>
    public string? Caption { get; init; }

    /// <summary>Of <see cref="Caption"/>, 0 to 1.</summary>
    public double? Confidence { get; init; }

    /// <summary>Best first, where more than one was asked for.</summary>
    public IReadOnlyList<AnsweredCaption>? Captions { get; init; }

    /// <summary>The most probable class.</summary>
    public string? Class { get; init; }

    /// <summary>The most probable first; as many as asked for.</summary>
    public IReadOnlyList<ClassProbability>? Classes { get; init; }

    /// <summary>Why the picture could not be read.</summary>
    public string? Problem { get; init; }
}
