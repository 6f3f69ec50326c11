using System.Globalization;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Training.Plans;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Carries out the phases of a plan on embeddings, cached or live. Everything random follows from the plan's seed and the position in the
/// run, so a run that was interrupted, by Ctrl-C or by the power, goes on to the same bits.
/// </summary>
/// <param name="plan">Validated by the caller.</param>
/// <param name="learner">With its first weights; after <see cref="Train"/> its network holds the best epoch's.</param>
/// <param name="run">Where checkpoints, metrics and samples go.</param>
/// <param name="clock">Time, for the records only.</param>
public sealed class Trainer(TransferPlan plan, ILearner learner, RunFolder run, TimeProvider? clock = null)
{
    // Steps between two checkpoints within an epoch: half a minute to a minute of work at most is done again after a crash.
    private const int CheckpointEvery = 100;

    // Of AdamW's second moment: shorter than the usual 0.999, since a run has few steps.
    private const double Beta2 = 0.98;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly string _planJson = JsonSerializer.Serialize(plan, Json.Compact);
    private readonly TransferNetwork _network = learner.Network;

    /// <summary>Trains from the run folder's last checkpoint, or from the beginning.</summary>
    /// <exception cref="OperationCanceledException">Asked to stop; the last checkpoint holds everything up to the step that was
    /// finished.</exception>
    /// <exception cref="CaptionTLException">The loss is no number any more, or the folder holds a run of another plan.</exception>
    public TrainingState Train(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var resume = File.Exists(run.LastCheckpoint);
        var state = resume ? Checkpoint.ReadState(run.LastCheckpoint) : new TrainingState();
        for (; state.Phase < plan.Phases.Count && !state.Finished; resume = false)
            state = TrainPhase(plan.Phases[state.Phase], state, resume, progress, cancellation);
        if (File.Exists(run.BestCheckpoint)) Checkpoint.ReadWeights(run.BestCheckpoint, _network);
        return state;
    }

    private TrainingState TrainPhase(TrainingPhase phase, TrainingState state, bool resume, IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        var started = _clock.GetTimestamp();
        var spent = state.Seconds;
        var within = resume && state.Step > 0;
        if (resume && !within) Checkpoint.ReadWeights(run.LastCheckpoint, _network);
        _network.Begin(phase);
        learner.Begin(phase, cancellation);
        var trained = TrainedParameters.Of(_network, phase);
        using var optimizer = Optimizer(trained, phase);
        using var average = new WeightAverage(_network.Trained, phase.EmaDecay);
        if (within)
        {
            state = Checkpoint.Read(run.LastCheckpoint, _network, average, optimizer, _planJson);
        }
        else
        {
            manual_seed(plan.Seed + state.Phase);
        }
        // Of a crash before a phase's first checkpoint there are lines too.
        run.RewindMetrics(line => IsBefore(line, state));
        var total = (long)phase.Epochs * learner.Batches(phase, 0).Count;
        var told = new PhaseProgress(progress, plan, phase, total, _clock);
        if (!within && state.Phase > 0) state = EvaluateStart(phase, state, average, told, cancellation);
        while (state.Epoch < phase.Epochs && state.EpochsWithoutBetter < phase.Patience)
        {
            var batches = learner.Batches(phase, state.Epoch);
            while (state.Batch < batches.Count)
            {
                var step = Step(phase, trained, optimizer, batches[state.Batch], state, total);
                average.Update(state.Step + 1);
                state = state.After(step) with { Seconds = spent + _clock.GetElapsedTime(started).TotalSeconds };
                told.Step(state, batches[state.Batch - 1].Length);
                if (state.Step % 50 == 0)
                    Log("step", phase, state, state.Loss, state.Measures,
                        [new("learningRate", LearningRates.At(phase, state.Step - 1, total))]);
                if (state.Step % CheckpointEvery == 0 || cancellation.IsCancellationRequested) Save();
                cancellation.ThrowIfCancellationRequested();
            }
            Save();
            (state, var measures) = Evaluate(phase, state, state.Epoch + 1, average, told, cancellation);
            state = state with { Epoch = state.Epoch + 1, Batch = 0, Seconds = spent + _clock.GetElapsedTime(started).TotalSeconds };
            Log("epoch", phase, state, state.Loss, state.Scores!.Values, state.Measures, measures);
            Save();
        }
        var last = state.Phase + 1 == plan.Phases.Count;
        state = last ? state with { Finished = true } : state with { Phase = state.Phase + 1, Epoch = 0, Batch = 0, Step = 0,
            EpochsWithoutBetter = 0, Loss = null, Measures = TrainingState.NoMeasures };
        // The next phase goes on from the best weights; its own optimizer begins anew.
        if (File.Exists(run.BestCheckpoint)) Checkpoint.ReadWeights(run.BestCheckpoint, _network);
        Save();
        return state;

        void Save() => Checkpoint.Write(run.LastCheckpoint, _network, average, optimizer, state, _planJson);
    }

    internal static AdamW Optimizer(IReadOnlyList<TrainedParameters> trained, TrainingPhase phase) => optim.AdamW(
        [.. trained.Select(g => new AdamW.ParamGroup(g.Parameters, phase.LearningRate * g.Rate, beta2: Beta2,
            weight_decay: g.WeightDecay))], phase.LearningRate);

    private LearnerStep Step(TrainingPhase phase, IReadOnlyList<TrainedParameters> trained, OptimizerHelper optimizer, int[] batch,
        TrainingState state, long total)
    {
        SetRate(optimizer, trained, LearningRates.At(phase, state.Step, total));
        _network.Train(true);
        var step = Step(learner, phase, trained, optimizer, batch, state.Epoch, RandomOf(plan, state.Phase, state.Step));
        return float.IsFinite(step.Loss) ? step
            : throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture, $"The loss is {step.Loss} at step {state.Step} "
            + $"of phase "
            + $"'{phase.Name}', so training cannot go on. The best epoch so far is kept in {run.BestCheckpoint}. A learning rate below "
            + $"{phase.LearningRate} may help."), isInput: false);
    }

    /// <summary>Of everything that a step draws.</summary>
    internal static Random RandomOf(TransferPlan plan, int phase, long step) =>
        new(unchecked((int)(plan.Seed * 69_069 + phase * 104_729 + step)));

    /// <summary>Gives every group its share of the head's rate.</summary>
    internal static void SetRate(OptimizerHelper optimizer, IReadOnlyList<TrainedParameters> trained, double rate)
    {
        foreach (var (group, parameters) in optimizer.ParamGroups.Zip(trained)) group.LearningRate = rate * parameters.Rate;
    }

    /// <summary>One step of the optimizer.</summary>
    /// <returns>With the loss; where it is no number, nothing was changed.</returns>
    internal static LearnerStep Step(
        ILearner learner, TrainingPhase phase, IReadOnlyList<TrainedParameters> trained, OptimizerHelper optimizer, int[] batch, int epoch,
            Random random)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var step = learner.Backpropagate(phase, batch, epoch, random);
        if (!float.IsFinite(step.Loss)) return step;
        nn.utils.clip_grad_norm_(trained.SelectMany(g => g.Parameters), phase.ClipNorm);
        optimizer.step();
        return step;
    }

    // What a later phase begins with is scored the phase's own way and competes, so that a phase that only harms leaves nothing behind.
    private TrainingState EvaluateStart(TrainingPhase phase, TrainingState state, WeightAverage average, PhaseProgress told,
        CancellationToken cancellation)
    {
        (state, var measures) = Evaluate(phase, state, 0, average, told, cancellation);
        Log("epoch", phase, state, null, state.Scores!.Values, measures);
        return state with { EpochsWithoutBetter = 0 };
    }

    private (TrainingState State, IReadOnlyDictionary<string, double> Measures) Evaluate(
        TrainingPhase phase, TrainingState state, int epoch, WeightAverage average, PhaseProgress told, CancellationToken cancellation)
    {
        using var borrowed = phase.EmaDecay > 0 ? average.Borrow() : null;
        _network.Train(false);
        var all = 0L;
        var result = learner.Evaluate((done, count) => told.Scoring(state, epoch, done, all = count), cancellation);
        AtomicFile.WriteAllText(run.Samples(phase.Name, epoch), JsonSerializer.Serialize(result.Samples, Json.Indented));
        var score = result.Scores.Best;
        var better = state.BestScore is not { } best || score > best;
        state = state with
        {
            Scores = result.Scores,
            BestScore = better ? score : state.BestScore,
            EpochsWithoutBetter = better ? 0 : state.EpochsWithoutBetter + 1,
        };
        if (better) Checkpoint.WriteWeights(run.BestCheckpoint, _network, state with { Epoch = epoch }, _planJson);
        told.Scored(state, epoch, all, result.Warning);
        return (state, result.Measures);
    }

    private void Log(string kind, TrainingPhase phase, TrainingState state, double? loss,
        params IEnumerable<KeyValuePair<string, double>>[] values)
    {
        var entry = new Dictionary<string, object?>
        {
            ["kind"] = kind,
            ["phase"] = phase.Name,
            ["phaseIndex"] = state.Phase,
            ["epoch"] = state.Epoch,
            ["step"] = state.Step,
            ["seconds"] = Math.Round(state.Seconds, 2),
            ["time"] = _clock.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        };
        if (loss is not null) entry["loss"] = loss;
        foreach (var (name, value) in values.SelectMany(v => v)) entry[name] = value;
        run.Log(entry);
    }

    // Whether a line of metrics.jsonl was written before the checkpoint; an epoch's line comes after the last step's checkpoint. Of a
    // phase that has no checkpoint of its own yet, no line was.
    private static bool IsBefore(JsonElement line, TrainingState state)
    {
        var (phase, step) = (line.GetProperty("phaseIndex").GetInt32(), line.GetProperty("step").GetInt64());
        if (phase != state.Phase) return phase < state.Phase;
        return step < state.Step || (step == state.Step && step > 0
            && (line.GetProperty("kind").GetString() == "step" || line.GetProperty("epoch").GetInt32() <= state.Epoch));
    }
}
