using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>The LSTM's state between two words.</summary>
/// <param name="Hidden">(B, H).</param>
/// <param name="Cell">(B, H).</param>
public sealed record DecoderState(Tensor Hidden, Tensor Cell) : IDisposable
{
    public void Dispose()
    {
        Hidden.Dispose();
        Cell.Dispose();
    }
}
