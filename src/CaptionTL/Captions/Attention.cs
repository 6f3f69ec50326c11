using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>
/// Scaled dot-product attention over the cells of a grid with several heads (Vaswani et al., 2017). Keys include a learned vector
/// for the position of their cell. N images, P cells, H units, K heads; R query rows, R / N for each image and side by side.
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

    /// <summary>
    /// Projected cells (N, P, H) to their keys and values, split by heads, (N, K, P, 2H / K), and to the mean of the values (N, H).
    /// </summary>
    public (Tensor Cells, Tensor Mean) Remember(Tensor projected)
    {
        using var scope = NewDisposeScope();
        var values = value.call(projected);
        var cells = cat([ByHeads(key.call(projected).add_(position)), ByHeads(values)], 3);
        return (cells.MoveToOuterDisposeScope(), values.mean([1]).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Rows (R, H) attend to the cells (N, K, P, 2H / K): contexts (R, H), and each head's weights of the cells (N · K, R / N, P).
    /// </summary>
    public (Tensor Context, Tensor Weights) Look(Tensor cells, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (images, width) = (cells.shape[0], _hidden / _heads);
        var queries = ByHeads(query.call(rows).view(images, -1, _hidden)).flatten(0, 1);
        var both = cells.flatten(0, 1);
        var (keys, values) = (both.narrow(2, 0, width), both.narrow(2, width, width));
        var weights = functional.softmax(bmm(queries, keys.transpose(1, 2)).mul(1 / Math.Sqrt(width)), 2);
        var context = bmm(weights, values).view(images, _heads, -1, width).permute(0, 2, 1, 3).reshape(-1, _hidden);
        return (context.MoveToOuterDisposeScope(), weights.MoveToOuterDisposeScope());
    }

    /// <summary>The heads' weights (N · K, R / N, P) to their mean (R, P).</summary>
    public Tensor MeanOfHeads(Tensor weights)
    {
        using var byImage = weights.view(-1, _heads, weights.shape[1], weights.shape[2]);
        using var mean = byImage.mean([1]);
        return mean.view(-1, weights.shape[2]);
    }

    // (N, L, H) to (N, K, L, H / K).
    private Tensor ByHeads(Tensor x) => x.view(x.shape[0], x.shape[1], _heads, -1).permute(0, 2, 1, 3);
}
