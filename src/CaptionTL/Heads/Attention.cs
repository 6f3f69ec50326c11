using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Heads;

/// <summary>
/// Scaled dot-product attention over the cells of a grid with several heads (Vaswani et al., 2017). Keys know where their cell lies.
/// N pictures, P cells, H units, K heads, R rows that ask: R / N of them a picture and side by side.
/// </summary>
internal sealed class Attention : Module
{
    private readonly Linear key;
    private readonly Linear value;
    private readonly Linear query;
    private readonly Parameter position;
    private readonly long _hidden;
    private readonly long _heads;

    public Attention(int cells, int hidden, int heads) : base(nameof(Attention))
    {
        (_hidden, _heads) = (hidden, heads);
        (key, value, query) = (Linear(hidden, hidden), Linear(hidden, hidden), Linear(hidden, hidden));
        position = Parameter(zeros(cells, hidden));
        RegisterComponents();
    }

    /// <summary>Projected cells (N, P, H) to their keys and values side by side (N, P, 2H).</summary>
    public Tensor Memory(Tensor cells)
    {
        using var scope = NewDisposeScope();
        return cat([key.call(cells).add_(position), value.call(cells)], 2).MoveToOuterDisposeScope();
    }

    /// <summary>What rows (R, H) see in the memory (N, P, 2H): contexts (R, H), and the cells' weights, the mean over the heads (R, P).</summary>
    public (Tensor Context, Tensor Weights) Look(Tensor memory, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (pictures, cells, each) = (memory.shape[0], memory.shape[1], rows.shape[0] / memory.shape[0]);
        var questions = Split(query.call(rows), pictures, each);
        var keys = Split(memory.narrow(2, 0, _hidden), pictures, cells);
        var values = Split(memory.narrow(2, _hidden, _hidden), pictures, cells);
        var weights = functional.softmax(bmm(questions, keys.transpose(1, 2)).mul(Math.Sqrt((double)_heads / _hidden)), 2);
        var context = bmm(weights, values).view(pictures, _heads, each, -1).permute(0, 2, 1, 3).reshape(-1, _hidden);
        return (context.MoveToOuterDisposeScope(), weights.detach().view(pictures, _heads, each, cells).mean([1]).view(-1, cells).MoveToOuterDisposeScope());
    }

    // (N · L, H) or (N, L, H) to (N · K, L, H / K).
    private Tensor Split(Tensor x, long pictures, long length) =>
        x.reshape(pictures, length, _heads, _hidden / _heads).permute(0, 2, 1, 3).reshape(pictures * _heads, length, -1);
}
