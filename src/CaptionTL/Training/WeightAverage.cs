using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Exponential moving average of a module's parameters. The decay grows with the steps, min(d, (1 + n) / (10 + n)), so that the
/// random first weights are soon forgotten (Tarvainen and Valpola, 2017; TensorFlow's ExponentialMovingAverage).
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly List<(string Name, Tensor Live, Tensor Average)> _pairs;

    public WeightAverage(nn.Module module, double decay)
    {
        using var _ = no_grad();
        _decay = decay;
        _pairs = [.. module.named_parameters().Select(p => (p.Item1, (Tensor)p.Item2, p.Item2.clone().DetachFromDisposeScope()))];
    }

    /// <summary>Averages by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> Values => _pairs.Select(p => (p.Name, p.Average));

    /// <summary>Takes in the weights after step <paramref name="step"/> (from 1).</summary>
    public void Update(long step)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var decay = Math.Min(_decay, (1.0 + step) / (10.0 + step));
        foreach (var (_, live, average) in _pairs) average.mul_(decay).add_(live, alpha: 1 - decay);
    }

    /// <summary>Puts the averages into the module until the result is disposed.</summary>
    public IDisposable Borrow()
    {
        using var _ = no_grad();
        var saved = _pairs.Select(p => p.Live.clone().DetachFromDisposeScope()).ToList();
        foreach (var (_, live, average) in _pairs) live.copy_(average);
        return new Loan(() =>
        {
            using var _ = no_grad();
            for (var i = 0; i < saved.Count; i++)
            {
                _pairs[i].Live.copy_(saved[i]);
                saved[i].Dispose();
            }
        });
    }

    public void Dispose()
    {
        foreach (var (_, _, average) in _pairs) average.Dispose();
    }

    private sealed class Loan(Action giveBack) : IDisposable
    {
        public void Dispose() => giveBack();
    }
}
