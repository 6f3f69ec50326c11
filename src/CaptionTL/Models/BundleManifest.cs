using System.Text.Json.Serialization;
using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Training;
using CaptionTL.Training.Plans;

namespace CaptionTL.Models;

/// <summary>manifest.json of a model bundle: what the model is, what it was made of, how good it is.</summary>
public sealed record BundleManifest
{
    /// <summary>Version of this record; readers refuse a higher one.</summary>
    public const int CurrentSchema = 1;

    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>"caption" or "classify".</summary>
    public required string Task { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required BundleBackbone Backbone { get; init; }

    public required Preprocessing Preprocessing { get; init; }

    /// <summary>Shape of the decoder; null where the model writes no captions.</summary>
    public CaptionDecoderOptions? Decoder { get; init; }

    /// <summary>How words are chosen unless the caller says otherwise; null where the model writes no captions.</summary>
    public DecodingOptions? Decoding { get; init; }

    /// <summary>
    /// Words that no caption it learned from ends with (see <see cref="Text.CaptionEndings"/>), so its own do not end with them.
    /// </summary>
    public IReadOnlyList<string>? InnerWords { get; init; }

    /// <summary>Divides a classifier's scores before the softmax, so that its probabilities are right on average.</summary>
    public double? Temperature { get; init; }

    /// <summary>The plan that was carried out.</summary>
    public required TransferPlan Plan { get; init; }

    /// <summary>What it was trained on.</summary>
    public required BundleData Data { get; init; }

    /// <summary>Scores on the dev split.</summary>
    public RunScores? Scores { get; init; }

    /// <summary>Licences and notices of the contents.</summary>
    public required IReadOnlyList<string> Licences { get; init; }

    /// <summary>SHA-256 of every other entry, by name.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }
}

/// <summary>The frozen network that a bundle's embeddings come from.</summary>
/// <param name="Architecture">The registry's name.</param>
/// <param name="Weights">Name of the published weights.</param>
/// <param name="WeightsSha256">SHA-256 of the published file.</param>
/// <param name="Cut">The last block computed.</param>
/// <param name="Included">True where the weights up to the cut are in the bundle (fp16); false where they are looked up by name and
/// SHA-256.</param>
public sealed record BundleBackbone(string Architecture, string Weights, string WeightsSha256, string Cut, bool Included);

/// <summary>The data set that a model was trained on.</summary>
/// <param name="Name">The data set's.</param>
/// <param name="TrainImages">Number of images it learned from.</param>
/// <param name="DevImages">Number of images that chose the best epoch and gave the scores.</param>
public sealed record BundleData(
    string Name, [property: JsonPropertyName("trainPictures")] int TrainImages, [property: JsonPropertyName("devPictures")] int DevImages)
{
    /// <summary>Number of captions it learned from; null for a classifier.</summary>
    public int? TrainCaptions { get; init; }
}
