using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// One safetensors file with all that a run needs to resume to the same bits: weights ("model."), their moving average ("ema."),
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
        SafetensorsWriter.Write(path, tensors, Metadata(state, plan));
    }

    /// <summary>The best epoch's weights alone.</summary>
    public static void WriteWeights(string path, TransferNetwork network, TrainingState state, string plan) =>
        SafetensorsWriter.Write(path, network.State.Select(p => StateDict.Entry(Model + p.Name, p.Value)), Metadata(state, plan));

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
                + "start again with --overwrite.");
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

    private static Dictionary<string, string> Metadata(TrainingState state, string plan) => new()
    {
        ["state"] = JsonSerializer.Serialize(state, Json.Compact),
        ["plan"] = plan,
    };

    private static void Load(TransferNetwork network, SafetensorsFile file, string path) =>
        StateDict.Load([.. network.State], file, path, Model);

    private static TrainingState State(SafetensorsFile file, string path) =>
        JsonSerializer.Deserialize<TrainingState>(file.Metadata.GetValueOrDefault("state") ?? "null", Json.Compact)
        ?? throw new WeightFileException(path, "metadata", "there is no training state, so this is not a checkpoint");
}

/// <summary>Where a run stands, apart from its tensors: all that a checkpoint must hold for the run to resume to the same bits.</summary>
public sealed record TrainingState
{
    /// <summary>Index of the phase.</summary>
    public int Phase { get; init; }

    /// <summary>Epochs of the phase done.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches of the epoch done.</summary>
    public int Batch { get; init; }

    /// <summary>Steps of the phase done.</summary>
    public long Step { get; init; }

    /// <summary>The best main score on the dev split so far.</summary>
    public double? BestScore { get; init; }

    /// <summary>Epochs since <see cref="BestScore"/> was reached.</summary>
    public int EpochsWithoutBetter { get; init; }

    public RunScores? Scores { get; init; }

    /// <summary>Moving mean of the loss, for display.</summary>
    public double? Loss { get; init; }

    /// <summary>Moving means of the other numbers that steps report, by their names in metrics.jsonl.</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = NoMeasures;

    public bool Finished { get; init; }

    /// <summary>Seconds spent so far, over all starts.</summary>
    public double Seconds { get; init; }

    internal static IReadOnlyDictionary<string, double> NoMeasures { get; } = new Dictionary<string, double>();

    /// <summary>One batch further.</summary>
    internal TrainingState After(StepResult step) => this with
    {
        Batch = Batch + 1,
        Step = Step + 1,
        Loss = Moving(Loss, step.Loss),
        Measures = step.Measures.ToDictionary(m => m.Key,
            m => Moving(Measures.TryGetValue(m.Key, out var mean) ? mean : null, m.Value), StringComparer.Ordinal),
    };

    private static double Moving(double? mean, double value) => mean is { } before ? 0.98 * before + 0.02 * value : value;
}
