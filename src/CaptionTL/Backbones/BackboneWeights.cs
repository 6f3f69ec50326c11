using CaptionTL.Images;
using CaptionTL.Weights;

namespace CaptionTL.Backbones;

/// <summary>A published weight file of an architecture, with all that belongs to it.</summary>
/// <param name="Name">timm's name: architecture, a full stop, the training recipe.</param>
/// <param name="Architecture">The registry's name of the architecture.</param>
/// <param name="File">Where the file comes from and how it is checked.</param>
/// <param name="Preprocessing">What its pixels must have gone through.</param>
/// <param name="Top1">Per cent of ImageNet-1k's validation pictures right, as published.</param>
public sealed record BackboneWeights(string Name, string Architecture, WeightFile File, Preprocessing Preprocessing, double Top1);
