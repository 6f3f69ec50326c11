namespace CaptionTL.Service.Contracts;

/// <summary>Answer of POST /api/v1/caption.</summary>
/// <param name="Model">Which model wrote the captions.</param>
/// <param name="Results">One an image, in the order sent.</param>
/// <param name="Timing">Where the time went.</param>
public sealed record CaptionAnswer(ModelUsed Model, IReadOnlyList<CaptionedImage> Results, AnswerTiming Timing);

/// <summary>One of several captions of an image.</summary>
/// <param name="Text">As a sentence.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record AnsweredCaption(string Text, double Confidence);

/// <summary>What was said of one image, or why nothing.</summary>
/// <param name="Name">The image's file name, where it came with one.</param>
/// <param name="Caption">The best caption as a sentence.</param>
/// <param name="Confidence">Geometric mean of the probabilities of its words, 0 to 1.</param>
/// <param name="Captions">Best first; as many as asked for.</param>
/// <param name="Attention">How the words' attention lies over the image; on request.</param>
/// <param name="Problem">Why there is no caption.</param>
/// <param name="Cached">The same image was asked about before with the same options.</param>
public sealed record CaptionedImage(
    string? Name, string? Caption = null, double? Confidence = null, IReadOnlyList<WrittenCaption>? Captions = null,
        AttentionGrid? Attention = null, ImageFailure? Problem = null, bool Cached = false);

/// <summary>One caption.</summary>
/// <param name="Text">As a sentence.</param>
/// <param name="Words">As the model wrote them.</param>
/// <param name="LogProbability">Natural logarithm of the probability of the whole, its end included.</param>
/// <param name="Score">What captions are ranked by.</param>
/// <param name="Confidence">0 to 1.</param>
public sealed record WrittenCaption(string Text, IReadOnlyList<WrittenWord> Words, double LogProbability, double Score, double Confidence);

/// <summary>A word of a caption.</summary>
/// <param name="Text">As the model wrote it.</param>
/// <param name="Probability">Given the words before it, 0 to 1.</param>
/// <param name="Attention">Weights of the image's cells (see <see cref="AttentionGrid"/>), row by row from the top left, together 1; on
/// request.</param>
public sealed record WrittenWord(string Text, double Probability, IReadOnlyList<float>? Attention = null);

/// <summary>How the attention of words lies over an image.</summary>
/// <param name="Rows">Of cells.</param>
/// <param name="Columns">Of cells.</param>
/// <param name="Left">Left edge of the part of the image that the network sees, as a share of the width.</param>
/// <param name="Top">Top edge, as a share of the height.</param>
/// <param name="Width">Of that part, as a share of the width.</param>
/// <param name="Height">As a share of the height.</param>
public sealed record AttentionGrid(int Rows, int Columns, double Left, double Top, double Width, double Height);

/// <summary>Event "words" while a caption is written.</summary>
/// <param name="Image">Position in the request, from 0.</param>
/// <param name="Text">The words that lead so far; later ones may change them.</param>
public sealed record LeadingWords(int Image, string Text);

/// <summary>Milliseconds.</summary>
/// <param name="Read">Decoding and scaling the images.</param>
/// <param name="Wait">In the queue, the longest of the images.</param>
/// <param name="Model">In the model, its batch as a whole.</param>
/// <param name="Total">From the complete request to the answer.</param>
public sealed record AnswerTiming(double Read, double Wait, double Model, double Total);

/// <summary>Which model answered.</summary>
/// <param name="Name">"flickr8k".</param>
/// <param name="Version">From 1.</param>
public sealed record ModelUsed(string Name, int Version);

/// <summary>A line of a caption job's answers.</summary>
/// <param name="Id">The image's name in its data set.</param>
public sealed record ImageAnswer(string Id)
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

    /// <summary>Why the image could not be read.</summary>
    public string? Problem { get; init; }
}

/// <summary>Why an image got no answer.</summary>
/// <param name="Code">For programs: "image_damaged".</param>
/// <param name="Message">For people.</param>
/// <param name="Hint">What to do.</param>
public sealed record ImageFailure(string Code, string Message, string? Hint);

/// <summary>Answer of POST /api/v1/classify.</summary>
/// <param name="Model">Which model sorted the images.</param>
/// <param name="Results">One an image, in the order sent.</param>
/// <param name="Timing">Where the time went.</param>
public sealed record ClassAnswer(ModelUsed Model, IReadOnlyList<ClassifiedImage> Results, AnswerTiming Timing);

/// <summary>What an image is, or why that is not known.</summary>
/// <param name="Name">The image's file name, where it came with one.</param>
/// <param name="Class">The most probable class; null, "unknown", below the threshold.</param>
/// <param name="Classes">The most probable first; as many as asked for.</param>
/// <param name="Problem">Why there is no answer.</param>
/// <param name="Cached">The same image was asked about before.</param>
public sealed record ClassifiedImage(string? Name, string? Class = null, IReadOnlyList<ClassProbability>? Classes = null,
    ImageFailure? Problem = null, bool Cached = false);
