using CaptionTL.Training.Plans;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>AdamW over the parameters that a phase trains, with a rate for every block.</summary>
internal sealed class PhaseOptimizer : IDisposable
{
    // Decay of AdamW's second moment: shorter than its default of 0.999, since a run has few steps.
    private const double Beta2 = 0.98;

    private readonly IReadOnlyList<TrainedParameters> _trained;
    private readonly TrainingPhase _phase;

    /// <param name="network">Has begun the phase.</param>
    /// <param name="phase">Gives rates, decay and clipping.</param>
    public PhaseOptimizer(TransferNetwork network, TrainingPhase phase)
    {
        (_trained, _phase) = (TrainedParameters.Of(network, phase), phase);
        AdamW = optim.AdamW([.. _trained.Select(g => new AdamW.ParamGroup(g.Parameters, phase.LearningRate * g.Rate, beta2: Beta2,
            weight_decay: g.WeightDecay))], phase.LearningRate);
    }

    /// <summary>With the moments that a checkpoint keeps.</summary>
    public AdamW AdamW { get; }

    /// <summary>Random numbers for everything that a step draws.</summary>
    public static Random RandomOf(TransferPlan plan, int phase, long step) =>
        new(unchecked((int)(plan.Seed * 69_069 + phase * 104_729 + step)));

    /// <summary>Gives every group its share of the head's rate.</summary>
    public void SetRate(double rate)
    {
        foreach (var (group, parameters) in AdamW.ParamGroups.Zip(_trained)) group.LearningRate = rate * parameters.Rate;
    }

    /// <summary>One training step.</summary>
    /// <returns>Has the loss; where that is not finite, nothing was changed.</returns>
    public StepResult Step(ITraining training, int[] batch, int epoch, Random random)
    {
        using var scope = NewDisposeScope();
        AdamW.zero_grad();
        var step = training.Backpropagate(_phase, batch, epoch, random);
        if (!float.IsFinite(step.Loss)) return step;
        nn.utils.clip_grad_norm_(_trained.SelectMany(g => g.Parameters), _phase.ClipNorm);
        AdamW.step();
        return step;
    }

    public void Dispose() => AdamW.Dispose();
}

/// <summary>Parameters that a phase trains with one rate and one decay.</summary>
/// <param name="Rate">As a share of the phase's learning rate.</param>
/// <param name="WeightDecay">Decoupled from the gradient (AdamW).</param>
/// <param name="Parameters">In the network's order.</param>
internal sealed record TrainedParameters(double Rate, double WeightDecay, IReadOnlyList<Parameter> Parameters)
{
    /// <summary>
    /// The head's, then the backbone's block by block from the last one down; matrices decay, vectors (biases and norms) do not, nor
    /// do word vectors, which double as the output layer and need their lengths.
    /// </summary>
    public static IReadOnlyList<TrainedParameters> Of(TransferNetwork network, TrainingPhase phase) =>
    [
        .. network.Trained
            .GroupBy(p => (Depth: network.DepthOf(p.Name), Decays: Decays(p.Name, p.Value)))
            .OrderBy(g => g.Key.Depth).ThenByDescending(g => g.Key.Decays)
            .Select(g => new TrainedParameters(
                g.Key.Depth < 0 ? 1 : phase.BackboneRate * Math.Pow(phase.BlockDecay, g.Key.Depth),
                g.Key.Decays ? phase.WeightDecay : 0,
                [.. g.Select(p => p.Value)])),
    ];

    private static bool Decays(string name, Parameter value) =>
        value.dim() > 1 && !name.EndsWith("embedding.weight", StringComparison.Ordinal);
}

/// <summary>
/// Exponential moving average of parameters. The decay grows with the steps, min(d, (1 + n) / (10 + n)), so that the
/// random first weights are soon forgotten (Tarvainen and Valpola, 2017; TensorFlow's ExponentialMovingAverage).
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly List<(string Name, Tensor Live, Tensor Average)> _pairs;

    /// <param name="parameters">By name.</param>
    /// <param name="decay">The decay per step, once there have been many steps.</param>
    public WeightAverage(IEnumerable<(string Name, Parameter Value)> parameters, double decay)
    {
        using var _ = no_grad();
        _decay = decay;
        _pairs = [.. parameters.Select(p => (p.Name, (Tensor)p.Value, p.Value.clone().DetachFromDisposeScope()))];
    }

    /// <summary>Averages by name.</summary>
    public IEnumerable<(string Name, Tensor Value)> Values => _pairs.Select(p => (p.Name, p.Average));

    /// <summary>Adds the weights after step <paramref name="step"/> (from 1).</summary>
    public void Update(long step)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var decay = Math.Min(_decay, (1.0 + step) / (10.0 + step));
        foreach (var (_, live, average) in _pairs) average.mul_(decay).add_(live, alpha: 1 - decay);
    }

    /// <summary>Puts the averages in place of the parameters until the result is disposed.</summary>
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
