using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>What one step of the decoder gives.</summary>
/// <param name="State">For the next step.</param>
/// <param name="Seen">Input of the output layer: (B, 2H) with attention, (B, H) without.</param>
/// <param name="Attention">Weights of the cells, (B, P), each row summing to one; null without attention.</param>
public sealed record DecoderStep(DecoderState State, Tensor Seen, Tensor? Attention);
