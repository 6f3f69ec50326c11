using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Training.Plans;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Carries out the phases of a plan. Everything random follows from the plan's seed and the position in the run, so a run that was
/// interrupted, by Ctrl-C or a power failure, resumes to the same bits.
/// </summary>
/// <param name="plan">Validated by the caller.</param>
/// <param name="training">With its first weights; after <see cref="Train"/> its network has the best epoch's.</param>
/// <param name="embeddings">Where every phase gets those of its cut.</param>
/// <param name="run">Where checkpoints, metrics and samples go.</param>
/// <param name="clock">Time, for the records only.</param>
public sealed class Trainer(TransferPlan plan, ITraining training, IPhaseEmbeddings embeddings, RunFolder run, TimeProvider? clock = null)
{
    // Steps between two checkpoints within an epoch: after a crash at most half a minute to a minute of work is repeated.
    private const int CheckpointEvery = 100;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly string _planJson = JsonSerializer.Serialize(plan, Json.Compact);
    private readonly TransferNetwork _network = training.Network;

    /// <summary>Trains from the run folder's last checkpoint, or from the beginning.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the last checkpoint holds every finished step.</exception>
    /// <exception cref="CaptionTLException">The loss is no longer finite, or the folder holds a run of another plan.</exception>
    public TrainingState Train(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var resume = File.Exists(run.LastCheckpoint);
        var state = resume ? Checkpoint.ReadState(run.LastCheckpoint) : new TrainingState();
        for (; state.Phase < plan.Phases.Count && !state.Finished; resume = false)
            state = TrainPhase(plan.Phases[state.Phase], state, resume, progress, cancellation);
        if (resume) Begin(plan.Phases[^1], cancellation); // it finished at an earlier start
        if (File.Exists(run.BestCheckpoint)) Checkpoint.ReadWeights(run.BestCheckpoint, _network);
        _network.Train(false);
        return state;
    }

    private void Begin(TrainingPhase phase, CancellationToken cancellation)
    {
        _network.Begin(phase);
        training.Begin(phase, embeddings.At(_network.CutOf(phase), phase.Augmentation, cancellation));
    }

    private TrainingState TrainPhase(TrainingPhase phase, TrainingState state, bool resume, IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        var started = _clock.GetTimestamp();
        var spent = state.Seconds;
        var within = resume && state.Step > 0;
        if (resume && !within) Checkpoint.ReadWeights(run.LastCheckpoint, _network);
        Begin(phase, cancellation);
        using var optimizer = new PhaseOptimizer(_network, phase);
        using var average = new WeightAverage(_network.Trained, phase.EmaDecay);
        if (within)
        {
            state = Checkpoint.Read(run.LastCheckpoint, _network, average, optimizer.AdamW, _planJson);
        }
        else
        {
            manual_seed(plan.Seed + state.Phase);
        }
        // A crash before a phase's first checkpoint leaves lines too.
        run.RewindMetrics(line => IsBefore(line, state));
        var total = (long)phase.Epochs * training.Batches(phase, 0).Count;
        var reports = new PhaseProgress(progress, plan, phase, total, _clock);
        if (!within && state.Phase > 0) state = EvaluateStart(phase, state, average, reports, cancellation);
        while (state.Epoch < phase.Epochs && state.EpochsWithoutBetter < phase.Patience)
        {
            var batches = training.Batches(phase, state.Epoch);
            while (state.Batch < batches.Count)
            {
                var step = Step(phase, optimizer, batches[state.Batch], state, total);
                average.Update(state.Step + 1);
                state = state.After(step) with { Seconds = spent + _clock.GetElapsedTime(started).TotalSeconds };
                reports.Step(state, batches[state.Batch - 1].Length);
                if (state.Step % 50 == 0)
                    Log("step", phase, state, state.Loss, state.Measures,
                        [new("learningRate", LearningRates.At(phase, state.Step - 1, total))]);
                if (state.Step % CheckpointEvery == 0 || cancellation.IsCancellationRequested) Save();
                cancellation.ThrowIfCancellationRequested();
            }
            Save();
            (state, var measures) = Evaluate(phase, state, state.Epoch + 1, average, reports, cancellation);
            state = state with { Epoch = state.Epoch + 1, Batch = 0, Seconds = spent + _clock.GetElapsedTime(started).TotalSeconds };
            Log("epoch", phase, state, state.Loss, state.Scores!.Values, state.Measures, measures);
            Save();
        }
        var last = state.Phase + 1 == plan.Phases.Count;
        state = last ? state with { Finished = true } : state with
        {
            Phase = state.Phase + 1, Epoch = 0, Batch = 0, Step = 0, EpochsWithoutBetter = 0, Loss = null,
            Measures = TrainingState.NoMeasures,
        };
        // The next phase starts from the best weights with a new optimizer.
        if (File.Exists(run.BestCheckpoint)) Checkpoint.ReadWeights(run.BestCheckpoint, _network);
        Save();
        return state;

        void Save() => Checkpoint.Write(run.LastCheckpoint, _network, average, optimizer.AdamW, state, _planJson);
    }

    private StepResult Step(TrainingPhase phase, PhaseOptimizer optimizer, int[] batch, TrainingState state, long total)
    {
        optimizer.SetRate(LearningRates.At(phase, state.Step, total));
        _network.Train(true);
        var step = optimizer.Step(training, batch, state.Epoch, PhaseOptimizer.RandomOf(plan, state.Phase, state.Step));
        if (float.IsFinite(step.Loss)) return step;
        throw new CaptionTLException(FormattableString.Invariant($"The loss is {step.Loss} at step {state.Step} of phase '{phase.Name}', ")
            + $"so training cannot continue. The best epoch so far is kept in {run.BestCheckpoint}. "
            + FormattableString.Invariant($"A learning rate below {phase.LearningRate} may help."), isInput: false);
    }

    // The weights that a later phase starts with are scored in the phase's own way and compete, so that a phase that only harms leaves
    // nothing behind.
    private TrainingState EvaluateStart(TrainingPhase phase, TrainingState state, WeightAverage average, PhaseProgress reports,
        CancellationToken cancellation)
    {
        (state, var measures) = Evaluate(phase, state, 0, average, reports, cancellation);
        Log("epoch", phase, state, null, state.Scores!.Values, measures);
        return state with { EpochsWithoutBetter = 0 };
    }

    private (TrainingState State, IReadOnlyDictionary<string, double> Measures) Evaluate(
        TrainingPhase phase, TrainingState state, int epoch, WeightAverage average, PhaseProgress reports, CancellationToken cancellation)
    {
        using var borrowed = phase.EmaDecay > 0 ? average.Borrow() : null;
        _network.Train(false);
        var all = 0L;
        var result = training.Evaluate((done, count) => reports.Scoring(state, epoch, done, all = count), cancellation);
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
        reports.Scored(state, epoch, all, result.Warning);
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
            ["time"] = FormattableString.Invariant($"{_clock.GetUtcNow():O}"),
        };
        if (loss is not null) entry["loss"] = loss;
        foreach (var (name, value) in values.SelectMany(v => v)) entry[name] = value;
        run.Log(entry);
    }

    // Whether a line of metrics.jsonl was written before the checkpoint; an epoch's line comes after the last step's checkpoint. A phase
    // without a checkpoint of its own has no such line.
    private static bool IsBefore(JsonElement line, TrainingState state)
    {
        var (phase, step) = (line.GetProperty("phaseIndex").GetInt32(), line.GetProperty("step").GetInt64());
        if (phase != state.Phase) return phase < state.Phase;
        return step < state.Step || (step == state.Step && step > 0
            && (line.GetProperty("kind").GetString() == "step" || line.GetProperty("epoch").GetInt32() <= state.Epoch));
    }
}
