using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>The LSTM's state between two words.</summary>
/// <param name="Hidden">(B, H).</param>
/// <param name="Cell">(B, H).</param>
/// <param name="Picture">What the picture adds to the gates at every word, (B, 4H).</param>
public sealed record DecoderState(Tensor Hidden, Tensor Cell, Tensor Picture) : IDisposable
{
    public void Dispose()
    {
        Hidden.Dispose();
        Cell.Dispose();
        Picture.Dispose();
    }

    /// <summary>The states of some rows, in the order given.</summary>
    public DecoderState Select(Tensor rows) => new(Hidden.index_select(0, rows), Cell.index_select(0, rows), Picture.index_select(0, rows));

    /// <summary>The same state, owned by the scope around the current one; the picture's part stays with its owner unless it is to move too.</summary>
    public DecoderState MoveToOuterDisposeScope(bool withPicture)
    {
        Hidden.MoveToOuterDisposeScope();
        Cell.MoveToOuterDisposeScope();
        if (withPicture) Picture.MoveToOuterDisposeScope();
        return this;
    }
}
