using CaptionTL.Evaluation;
using CaptionTL.Heads;
using CaptionTL.Images;
using CaptionTL.Training;

namespace CaptionTL.Models;

/// <summary>manifest.json of a model bundle: what the model is, what it was made of, how good it is.</summary>
public sealed record BundleManifest
{
    /// <summary>Of this record; readers refuse a higher one.</summary>
    public const int CurrentSchema = 1;

    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>"caption".</summary>
    public required string Task { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required BundleBackbone Backbone { get; init; }

    public required Preprocessing Preprocessing { get; init; }

    public required CaptionDecoderOptions Decoder { get; init; }

    /// <summary>How words are chosen unless the caller says otherwise.</summary>
    public required DecodingOptions Decoding { get; init; }

    /// <summary>The plan that was carried out.</summary>
    public required TransferPlan Plan { get; init; }

    /// <summary>What it was trained on.</summary>
    public required BundleData Data { get; init; }

    /// <summary>On the dev split.</summary>
    public CaptionScores? Scores { get; init; }

    /// <summary>Licences and notices of what is inside.</summary>
    public required IReadOnlyList<string> Licences { get; init; }

    /// <summary>SHA-256 of every other entry, by name.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }
}
