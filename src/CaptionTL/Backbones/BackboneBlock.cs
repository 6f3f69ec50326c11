using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>One step of a backbone between two possible cuts.</summary>
/// <param name="Name">Unique within the backbone; the state dict's prefix where there is one.</param>
/// <param name="Forward">(N, C, H, W) to (N, C', H', W').</param>
/// <param name="Prefixes">The state dict's names that belong to this block begin with one of these.</param>
public sealed record BackboneBlock(string Name, Func<Tensor, Tensor> Forward, IReadOnlyList<string> Prefixes);
