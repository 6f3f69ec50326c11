namespace CaptionTL.Weights.PyTorch;

/// <summary>What either format of torch.save comes down to.</summary>
/// <param name="Root">What the pickle built.</param>
/// <param name="Storages">By key.</param>
internal sealed record TorchContent(object? Root, IReadOnlyDictionary<string, TorchStorage> Storages);
