using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>
/// An LSTM (Hochreiter and Schmidhuber, 1997; PyTorch's equations) over packed captions with its backward pass written out: what
/// multiplies the recurrent weight's gradient is one matrix product over all steps, where automatic differentiation would do one
/// a step, and no work is done on padding. R rows: the captions' steps, step after step; at each step the captions still going, longest first.
/// </summary>
internal sealed class PackedLstm : IDisposable
{
    private readonly IReadOnlyList<int> _going;
    private readonly Tensor _weight;
    private readonly Tensor _gates;
    private readonly Tensor _squashed;
    private readonly Tensor _hiddenBefore;
    private readonly Tensor _cellBefore;

    /// <param name="gates">The input's part of the gates, (R, 4H); not changed.</param>
    /// <param name="start">First states of the captions, (B, H), longest caption first.</param>
    /// <param name="weight">(4H, H).</param>
    /// <param name="going">Captions that have a word at each step, never rising.</param>
    public PackedLstm(Tensor gates, DecoderState start, Tensor weight, IReadOnlyList<int> going)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (rows, size) = (gates.shape[0], weight.shape[1]);
        (_going, _weight) = (going, weight.detach().DetachFromDisposeScope());
        _gates = gates.detach().clone().DetachFromDisposeScope();
        Hidden = Rows();
        _squashed = Rows();
        _hiddenBefore = Rows();
        _cellBefore = Rows();
        var (hidden, cell) = (start.Hidden.detach(), start.Cell.detach());
        var transposed = _weight.t();
        var row = 0L;
        foreach (var count in going)
        {
            using var stepScope = NewDisposeScope();
            Tensor At(Tensor all) => all.narrow(0, row, count);
            var before = hidden.narrow(0, 0, count);
            var cellBefore = cell.narrow(0, 0, count);
            At(_hiddenBefore).copy_(before);
            At(_cellBefore).copy_(cellBefore);
            var now = At(_gates);
            now.add_(mm(before, transposed));
            now.narrow(1, 0, 2 * size).sigmoid_();
            now.narrow(1, 2 * size, size).tanh_();
            now.narrow(1, 3 * size, size).sigmoid_();
            var parts = now.chunk(4, 1);
            cell = (parts[1] * cellBefore).addcmul_(parts[0], parts[2], 1).MoveToOuterDisposeScope();
            var squashed = At(_squashed);
            squashed.copy_(cell.tanh());
            hidden = (parts[3] * squashed).MoveToOuterDisposeScope();
            At(Hidden).copy_(hidden);
            row += count;
        }

        Tensor Rows() => empty(rows, size).DetachFromDisposeScope();
    }

    /// <summary>The outputs, (R, H).</summary>
    public Tensor Hidden { get; }

    /// <summary>From the gradient of <see cref="Hidden"/>, (R, H), to those of the inputs.</summary>
    /// <returns>Of the gates (R, 4H), of the first states (B, H) each, and of the weight (4H, H).</returns>
    public (Tensor Gates, Tensor Hidden, Tensor Cell, Tensor Weight) Backward(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var size = _weight.shape[1];
        var gates = empty_like(_gates);
        var hidden = zeros(_going[0], size);
        var cell = zeros(_going[0], size);
        var row = _gates.shape[0];
        foreach (var count in _going.Reverse())
        {
            using var stepScope = NewDisposeScope();
            row -= count;
            Tensor At(Tensor all) => all.narrow(0, row, count);
            var parts = At(_gates).chunk(4, 1);
            var (input, forget, candidate, output) = (parts[0], parts[1], parts[2], parts[3]);
            var squashed = At(_squashed);
            var later = hidden.narrow(0, 0, count);
            var laterCell = cell.narrow(0, 0, count);
            var d = later + At(gradient);
            // d tanh(c) = 1 − tanh²(c)
            var dCell = laterCell + d * output * squashed.square().neg_().add_(1);
            var dGates = At(gates).chunk(4, 1);
            dGates[0].copy_(Sigmoid(dCell * candidate, input));
            dGates[1].copy_(Sigmoid(dCell * At(_cellBefore), forget));
            dGates[2].copy_(dCell * input * candidate.square().neg_().add_(1));
            dGates[3].copy_(Sigmoid(d * squashed, output));
            later.copy_(mm(At(gates), _weight));
            laterCell.copy_(dCell * forget);
        }
        var weight = mm(gates.t(), _hiddenBefore);
        return (gates.MoveToOuterDisposeScope(), hidden.MoveToOuterDisposeScope(), cell.MoveToOuterDisposeScope(), weight.MoveToOuterDisposeScope());

        // Through the sigmoid: d · s · (1 − s)
        static Tensor Sigmoid(Tensor d, Tensor s) => d.mul_(s).mul_(1 - s);
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[_weight, _gates, _squashed, _hiddenBefore, _cellBefore, Hidden]) tensor.Dispose();
    }
}
