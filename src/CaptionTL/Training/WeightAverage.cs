using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Exponential moving average of parameters. The decay grows with the steps, min(d, (1 + n) / (10 + n)), so that the
/// random first weights are soon forgotten (Tarvainen and Valpola, 2017; TensorFlow's ExponentialMovingAverage).
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly List<(string Name, Tensor Live, Tensor Average)> _pairs;

    /// <param name="parameters">By name.</param>
    /// <param name="decay">Of a step, once there have been many.</param>
    public WeightAverage(IEnumerable<(string Name, Parameter Value)> parameters, double decay)
    {
        using var _ = no_grad();
        _decay = decay;
        _pairs = [.. parameters.Select(p => (p.Name, (Tensor)p.Value, p.Value.clone().DetachFromDisposeScope()))];
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

    /// <summary>Puts the averages in the parameters' place until the result is disposed.</summary>
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
