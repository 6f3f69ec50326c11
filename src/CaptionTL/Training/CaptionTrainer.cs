using System.Diagnostics;
using System.Text.Json;
using CaptionTL.Evaluation;
using CaptionTL.Heads;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>
/// Carries out the phases of a plan on cached embeddings. Everything random follows from the plan's seed and the position in the run,
/// so a run that was interrupted, by Ctrl-C or by the power, goes on to the same bits.
/// </summary>
/// <param name="plan">Validated by the caller.</param>
/// <param name="decoder">With its first weights; after <see cref="Train"/> it holds the best epoch's.</param>
/// <param name="data">Training captions and embeddings.</param>
/// <param name="evaluator">Captions the dev split; the best CIDEr-D decides which epoch is kept.</param>
/// <param name="run">Where checkpoints, metrics and samples go.</param>
/// <param name="clock">Time, for the records only.</param>
public sealed class CaptionTrainer(
    TransferPlan plan, CaptionDecoder decoder, CaptionTrainingData data, CaptionEvaluator evaluator, RunFolder run, TimeProvider? clock = null)
{
    // Steps between two checkpoints within an epoch: half a minute to a minute of work at most is done again after a crash.
    private const int CheckpointEvery = 100;

    // Of AdamW's second moment: shorter than the usual 0.999, since a run has few steps.
    private const double Beta2 = 0.98;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly string _planJson = JsonSerializer.Serialize(plan, Json.Compact);

    /// <summary>Trains from the run folder's last checkpoint, or from the beginning.</summary>
    /// <exception cref="OperationCanceledException">Asked to stop; the last checkpoint holds everything up to the step that was finished.</exception>
    /// <exception cref="CaptionTLException">The loss is no number any more, or the folder holds a run of another plan.</exception>
    public TrainingState Train(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var state = File.Exists(run.LastCheckpoint) ? Checkpoint.ReadState(run.LastCheckpoint) : new TrainingState();
        for (var resume = File.Exists(run.LastCheckpoint); state.Phase < plan.Phases.Count && !state.Finished; resume = false)
            state = TrainPhase(plan.Phases[state.Phase], state, resume, progress, cancellation);
        if (File.Exists(run.BestCheckpoint)) Checkpoint.ReadWeights(run.BestCheckpoint, decoder);
        return state;
    }

    private TrainingState TrainPhase(TrainingPhase phase, TrainingState state, bool resume, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var started = _clock.GetTimestamp();
        var spent = state.Seconds;
        var within = resume && state.Step > 0;
        if (resume && !within) Checkpoint.ReadWeights(run.LastCheckpoint, decoder);
        using var optimizer = Optimizer(decoder, phase);
        using var average = new WeightAverage(decoder, phase.EmaDecay);
        if (within)
        {
            state = Checkpoint.Read(run.LastCheckpoint, decoder, average, optimizer, _planJson);
            run.RewindMetrics(line => IsBefore(line, state));
        }
        else
        {
            manual_seed(plan.Seed + state.Phase);
        }
        var total = (long)phase.Epochs * EpochOrder.Batches(data.Captions, phase.BatchSize, plan.Seed, 0).Count;
        while (state.Epoch < phase.Epochs && state.EpochsWithoutBetter < phase.Patience)
        {
            var batches = EpochOrder.Batches(data.Captions, phase.BatchSize, plan.Seed, state.Epoch);
            while (state.Batch < batches.Count)
            {
                var loss = Step(phase, optimizer, batches[state.Batch], state, total);
                average.Update(state.Step + 1);
                state = state with { Batch = state.Batch + 1, Step = state.Step + 1, Loss = state.Loss is { } before ? 0.98 * before + 0.02 * loss : loss, Seconds = spent + _clock.GetElapsedTime(started).TotalSeconds };
                progress?.Report(Progress("train", phase, state, state.Step, total));
                if (state.Step % 50 == 0) Log("step", phase, state, ("loss", state.Loss), ("learningRate", LearningRates.At(phase, state.Step - 1, total)));
                if (state.Step % CheckpointEvery == 0 || cancellation.IsCancellationRequested) Save();
                cancellation.ThrowIfCancellationRequested();
            }
            Save();
            state = Evaluate(phase, state, average, progress, cancellation) with { Epoch = state.Epoch + 1, Batch = 0, Seconds = spent + _clock.GetElapsedTime(started).TotalSeconds };
            Log("epoch", phase, state, ("loss", state.Loss), ("bleu4", state.Scores!.Bleu[3]), ("rougeL", state.Scores.RougeL), ("ciderD", state.Scores.CiderD));
            Save();
        }
        var last = state.Phase + 1 == plan.Phases.Count;
        state = last ? state with { Finished = true } : state with { Phase = state.Phase + 1, Epoch = 0, Batch = 0, Step = 0, EpochsWithoutBetter = 0, Loss = null };
        // The next phase goes on from the best weights; its own optimizer begins anew.
        if (File.Exists(run.BestCheckpoint)) Checkpoint.ReadWeights(run.BestCheckpoint, decoder);
        Save();
        return state;

        void Save() => Checkpoint.Write(run.LastCheckpoint, decoder, average, optimizer, state, _planJson);
    }

    // Word vectors double as the output layer and want their lengths; vectors are biases and norms.
    internal static AdamW Optimizer(CaptionDecoder decoder, TrainingPhase phase)
    {
        var decayed = decoder.named_parameters().ToLookup(p => p.Item2.dim() > 1 && p.Item1 != "embedding.weight", p => p.Item2);
        return optim.AdamW(
            [
                new AdamW.ParamGroup(decayed[true], phase.LearningRate, beta2: Beta2, weight_decay: phase.WeightDecay),
                new AdamW.ParamGroup(decayed[false], phase.LearningRate, beta2: Beta2, weight_decay: 0),
            ],
            phase.LearningRate);
    }

    private double Step(TrainingPhase phase, OptimizerHelper optimizer, int[] batch, TrainingState state, long total)
    {
        var random = new Random(unchecked((int)(plan.Seed * 69_069 + state.Phase * 104_729 + state.Step)));
        foreach (var group in optimizer.ParamGroups) group.LearningRate = LearningRates.At(phase, state.Step, total);
        decoder.train();
        var loss = Step(decoder, optimizer, [.. batch.Select(i => data.Captions[i])], [.. batch.Select(i => ViewOf(i, state.Epoch))], data.Pictures, phase, random);
        return float.IsFinite(loss) ? loss : throw new CaptionTLException(FormattableString.Invariant($"The loss is {loss} at step {state.Step} of phase '{phase.Name}', so training cannot go on. The best epoch so far is kept in {run.BestCheckpoint}. A learning rate below {phase.LearningRate} may help."), isInput: false);
    }

    /// <summary>One step of the optimizer.</summary>
    /// <returns>The loss, nats a word; where it is no number, nothing was changed.</returns>
    internal static float Step(
        CaptionDecoder decoder, OptimizerHelper optimizer, IReadOnlyList<TrainingPicture> captions, IReadOnlyList<int> views, IPictureEmbeddings pictures, TrainingPhase phase, Random random)
    {
        using var scope = NewDisposeScope();
        using var batch = TrainingBatch.Create(captions, views, pictures, phase.WordDropout, random);
        decoder.zero_grad();
        var loss = TeacherForcing.Backpropagate(decoder, batch, phase.LabelSmoothing);
        if (!float.IsFinite(loss)) return loss;
        nn.utils.clip_grad_norm_(decoder.parameters(), phase.ClipNorm);
        optimizer.step();
        return loss;
    }

    // A picture's captions see different views of it, and each caption another one in each epoch.
    private int ViewOf(int index, int epoch) => (int)((index + (long)epoch) % data.Pictures.Views);

    private TrainingState Evaluate(TrainingPhase phase, TrainingState state, WeightAverage average, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        using var borrowed = phase.EmaDecay > 0 ? average.Borrow() : null;
        decoder.eval();
        var result = evaluator.Evaluate(decoder, (done, count) => progress?.Report(Progress("evaluate", phase, state, done, count)), cancellation);
        CaptionTL.IO.AtomicFile.WriteAllText(run.Samples(phase.Name, state.Epoch + 1), JsonSerializer.Serialize(result.Captions.Take(20), Json.Indented));
        var better = state.BestCiderD is not { } best || result.Scores.CiderD > best;
        state = state with
        {
            Scores = result.Scores,
            BestCiderD = better ? result.Scores.CiderD : state.BestCiderD,
            EpochsWithoutBetter = better ? 0 : state.EpochsWithoutBetter + 1,
        };
        if (better) Checkpoint.WriteWeights(run.BestCheckpoint, decoder, state with { Epoch = state.Epoch + 1 }, _planJson);
        var warning = result.Diversity.IsCollapsed
            ? FormattableString.Invariant($"Only {result.Diversity.Distinct} of {result.Diversity.Captions} dev captions are distinct: the captions no longer depend on the pictures. A lower learning rate or more data may help.")
            : null;
        progress?.Report(Progress("evaluate", phase, state, result.Captions.Count, result.Captions.Count) with { Warning = warning });
        return state;
    }

    private static TrainingProgress Progress(string activity, TrainingPhase phase, TrainingState state, long done, long total) => new()
    {
        Activity = activity,
        Phase = phase.Name,
        Epoch = Math.Min(state.Epoch + 1, phase.Epochs),
        Epochs = phase.Epochs,
        Done = done,
        Total = total,
        Loss = state.Loss,
        Scores = state.Scores,
        BestCiderD = state.BestCiderD,
    };

    private void Log(string kind, TrainingPhase phase, TrainingState state, params (string Name, double? Value)[] values)
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
        foreach (var (name, value) in values) entry[name] = value;
        run.Log(entry);
    }

    // Whether a line of metrics.jsonl was written before the checkpoint; an epoch's line comes after the last step's checkpoint.
    private static bool IsBefore(JsonElement line, TrainingState state)
    {
        var (phase, step) = (line.GetProperty("phaseIndex").GetInt32(), line.GetProperty("step").GetInt64());
        if (phase != state.Phase) return phase < state.Phase;
        return step < state.Step || (step == state.Step && (line.GetProperty("kind").GetString() == "step" || line.GetProperty("epoch").GetInt32() <= state.Epoch));
    }
}
