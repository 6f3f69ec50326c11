namespace CaptionTL.Models;

/// <summary>The frozen network that a bundle's embeddings come from.</summary>
/// <param name="Architecture">The registry's name.</param>
/// <param name="Weights">Name of the published weights.</param>
/// <param name="WeightsSha256">Of the published file.</param>
/// <param name="Cut">The last block computed.</param>
/// <param name="Included">True where the weights up to the cut are in the bundle (fp16); false where they are looked up by name and SHA-256.</param>
public sealed record BundleBackbone(string Architecture, string Weights, string WeightsSha256, string Cut, bool Included);
