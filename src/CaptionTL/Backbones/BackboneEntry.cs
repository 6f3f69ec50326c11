namespace CaptionTL.Backbones;

/// <summary>An architecture in the registry.</summary>
/// <param name="Architecture">torchvision's or timm's name.</param>
/// <param name="Build">Makes it, weights random, for a number of classes.</param>
/// <param name="Weights">The published weight files that fit it; the first is the one meant by the bare architecture's name.</param>
public sealed record BackboneEntry(string Architecture, Func<int, Backbone> Build, IReadOnlyList<BackboneWeights> Weights);
