using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>What a decoder keeps of N pictures while it writes their captions; K heads, P cells, H hidden units.</summary>
/// <param name="Mean">What the LSTM begins with, (N, H).</param>
/// <param name="Gates">What the picture adds to the gates at every word, (N, 4H).</param>
/// <param name="Cells">Keys and values of the cells, side by side and by heads, (N, K, P, 2H / K); null without attention.</param>
public sealed record DecoderMemory(Tensor Mean, Tensor Gates, Tensor? Cells) : IDisposable
{
    /// <summary>Pictures.</summary>
    public long Pictures => Mean.shape[0];

    /// <summary>Some of the pictures.</summary>
    /// <param name="pictures">Their positions, int64.</param>
    public DecoderMemory Select(Tensor pictures) =>
        new(Mean.index_select(0, pictures), Gates.index_select(0, pictures), Cells?.index_select(0, pictures));

    public DecoderMemory MoveToOuterDisposeScope()
    {
        Mean.MoveToOuterDisposeScope();
        Gates.MoveToOuterDisposeScope();
        Cells?.MoveToOuterDisposeScope();
        return this;
    }

    public void Dispose()
    {
        Mean.Dispose();
        Gates.Dispose();
        Cells?.Dispose();
    }
}
