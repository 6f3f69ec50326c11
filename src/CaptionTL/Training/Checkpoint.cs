using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// One safetensors file with all that a run needs to go on to the same bits: weights ("model."), their moving average ("ema."),
/// the optimizer's and the random generator's state as bytes, and in the metadata the <see cref="TrainingState"/> and the plan.
/// Being one file it is replaced as a whole or not at all.
/// </summary>
internal static class Checkpoint
{
    private const string Model = "model.";
    private const string Average = "ema.";
    private const string OptimizerState = "optimizer.state";
    private const string RandomState = "random.state";

    public static void Write(string path, TransferNetwork network, WeightAverage average, OptimizerHelper optimizer, TrainingState state,
        string plan)
    {
        using var random = get_rng_state();
        using var optimizerBytes = new MemoryStream();
        using (var writer = new BinaryWriter(optimizerBytes, System.Text.Encoding.UTF8, leaveOpen: true))
            optimizer.save_state_dict(writer);
        var tensors = network.State.Select(p => StateDict.Entry(Model + p.Name, p.Value))
            .Concat(average.Values.Select(p => StateDict.Entry(Average + p.Name, p.Value)))
            .Append(SafetensorsTensor.FromBytes(OptimizerState, TensorDType.U8, [optimizerBytes.Length], optimizerBytes.ToArray()))
            .Append(StateDict.Entry(RandomState, random));
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            ["state"] = JsonSerializer.Serialize(state, Json.Compact),
            ["plan"] = plan,
        });
    }

    /// <summary>The best epoch's weights alone.</summary>
    public static void WriteWeights(string path, TransferNetwork network, TrainingState state, string plan) =>
        SafetensorsWriter.Write(path, network.State.Select(p => StateDict.Entry(Model + p.Name, p.Value)), new Dictionary<string, string>
        {
            ["state"] = JsonSerializer.Serialize(state, Json.Compact),
            ["plan"] = plan,
        });

    public static TrainingState ReadState(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return State(file, path);
    }

    public static TrainingState ReadWeights(string path, TransferNetwork network)
    {
        using var file = SafetensorsFile.Open(path);
        Load(network, file, path);
        return State(file, path);
    }

    /// <exception cref="CaptionTLException">The checkpoint belongs to another plan.</exception>
    public static TrainingState Read(string path, TransferNetwork network, WeightAverage average, OptimizerHelper optimizer, string plan)
    {
        using var file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault("plan") != plan)
            throw new CaptionTLException($"{path} was written by a run with another plan. Train into another folder with --out, or "
                + $"begin again with --overwrite.");
        Load(network, file, path);
        using var _ = no_grad();
        foreach (var (name, value) in average.Values)
        {
            using var stored = StateDict.Read(file, Average + name);
            value.copy_(stored);
        }
        using var bytes = new MemoryStream(file.Bytes(OptimizerState).ToArray());
        using var reader = new BinaryReader(bytes);
        optimizer.load_state_dict(reader);
        using var random = StateDict.Read(file, RandomState);
        set_rng_state(random);
        return State(file, path);
    }

    private static void Load(TransferNetwork network, SafetensorsFile file, string path) =>
        StateDict.Load([.. network.State], file, path, Model);

    private static TrainingState State(SafetensorsFile file, string path) =>
        JsonSerializer.Deserialize<TrainingState>(file.Metadata.GetValueOrDefault("state") ?? "null", Json.Compact)
        ?? throw new WeightFileException(path, "metadata", "there is no training state, so this is no checkpoint");
}

/// <summary>What a task has learned, ready to be put into a bundle.</summary>
/// <param name="Network">The trained network; null where the head is no network. Disposed with this.</param>
/// <param name="Scores">On the dev split.</param>
/// <param name="State">Where training ended.</param>
/// <param name="Entries">The head's files, by their names in the bundle.</param>
/// <param name="Describe">Adds to the manifest what the head needs to be read again.</param>
internal sealed record TrainedHead(
    TransferNetwork? Network, RunScores Scores, TrainingState State, IReadOnlyDictionary<string, byte[]> Entries,
        Func<BundleManifest, BundleManifest> Describe) : IDisposable
{
    /// <summary>Whether its answers are held against the published network's own classes, which then go into the bundle.</summary>
    public bool ChecksLabels { get; init; }

    public void Dispose() => Network?.Dispose();
}

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
        .. network.Trained.GroupBy(p =>
        (Depth: network.DepthOf(p.Name), Decays: p.Value.dim() > 1 && !p.Name.EndsWith("embedding.weight", StringComparison.Ordinal)))
            .OrderBy(g => g.Key.Depth).ThenByDescending(g => g.Key.Decays)
            .Select(g => new TrainedParameters(
                g.Key.Depth < 0 ? 1 : phase.BackboneRate * Math.Pow(phase.BlockDecay, g.Key.Depth),
                g.Key.Decays ? phase.WeightDecay : 0,
                [.. g.Select(p => p.Value)])),
    ];
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
