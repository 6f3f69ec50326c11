using CaptionTL.Training.Plans;
using TorchSharp.Modules;

namespace CaptionTL.Training;

/// <summary>Parameters of a phase with one rate and one decay.</summary>
/// <param name="Rate">As a share of the phase's learning rate.</param>
/// <param name="WeightDecay">Decoupled.</param>
/// <param name="Parameters">In the network's order.</param>
internal sealed record TrainedParameters(double Rate, double WeightDecay, IReadOnlyList<Parameter> Parameters)
{
    /// <summary>
    /// The head's, then the backbone's block by block from the last one down; matrices decay, vectors (biases and norms) do not, nor
    /// do word vectors, which double as the output layer and want their lengths.
    /// </summary>
    public static IReadOnlyList<TrainedParameters> Of(TransferNetwork network, TrainingPhase phase) =>
    [
        .. network.Trained.GroupBy(p => (Depth: network.DepthOf(p.Name), Decays: p.Value.dim() > 1 && !p.Name.EndsWith("embedding.weight", StringComparison.Ordinal)))
            .OrderBy(g => g.Key.Depth).ThenByDescending(g => g.Key.Decays)
            .Select(g => new TrainedParameters(
                g.Key.Depth < 0 ? 1 : phase.BackboneRate * Math.Pow(phase.BlockDecay, g.Key.Depth),
                g.Key.Decays ? phase.WeightDecay : 0,
                [.. g.Select(p => p.Value)])),
    ];
}
