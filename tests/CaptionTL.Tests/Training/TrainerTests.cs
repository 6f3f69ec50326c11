using System.Text.Json;
using CaptionTL.Captions;
using CaptionTL.Tests.Child;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Training;

[Collection(nameof(TorchCollection))]
public sealed class TrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-trainer-").FullName;
    private readonly ToyCaptions _toy = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Train_ToyTask_LearnsToNameWhatIsThere()
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.Plan(epochs: 40);
        var state = Of(plan, "learn", out var decoder).Train();
        state.Finished.ShouldBeTrue();
        state.BestScore!.Value.ShouldBeGreaterThan(5);
        decoder.eval();
        _toy.Evaluator(decoder).Evaluate(_toy).Scores.CiderD.ShouldBe(state.BestScore.Value, 1e-9);
    }

    [Fact]
    public void Train_InterruptedAnywhere_EndsWithTheSameBits()
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.Plan(epochs: 4);
        Of(plan, "whole", out _).Train();
        var expected = Weights("whole");

        for (var stops = 0; ; stops++)
        {
            using var stop = new CancellationTokenSource();
            var steps = 0;
            // Every start is stopped after three more steps than the one before got to, in the middle of epochs too.
            var progress = new Immediate(p => { if (p.Activity == "train" && ++steps == 3 + stops % 4) stop.Cancel(); });
            try
            {
                Of(plan, "stopped", out _).Train(progress, stop.Token);
                stops.ShouldBeGreaterThan(4);
                break;
            }
            catch (OperationCanceledException)
            {
                stops.ShouldBeLessThan(100);
            }
        }

        Weights("stopped").ShouldBe(expected);
        Lines("stopped").Select(WithoutTime).ShouldBe(Lines("whole").Select(WithoutTime));
    }

    [Fact]
    public void Train_CrashBetweenCheckpoints_RepeatsTheLostStepsToTheSameBits()
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.Plan(epochs: 3);
        Of(plan, "whole", out _).Train();

        var steps = 0;
        var crash = new Immediate(p =>
            { if (p.Activity == "train" && ++steps == 17) throw new InvalidOperationException("the power is gone"); });
        Should.Throw<InvalidOperationException>(() => Of(plan, "crashed", out _).Train(crash));
        File.AppendAllText(Path.Combine(_folder, "crashed", "metrics.jsonl"), "{\"kind\":\"st");
        Of(plan, "crashed", out _).Train();

        Weights("crashed").ShouldBe(Weights("whole"));
        Lines("crashed").Select(WithoutTime).ShouldBe(Lines("whole").Select(WithoutTime));
        Points("crashed").ShouldBe(Points("whole"));
    }

    [Fact]
    public void Train_CrashBeforeTheFirstCheckpoint_LogsEveryStepOnce()
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.Plan(epochs: 1);
        plan = plan with { Phases = [plan.Phases[0] with { BatchSize = 1 }] };
        var steps = 0;
        var crash = new Immediate(p =>
            { if (p.Activity == "train" && ++steps == 60) throw new InvalidOperationException("the power is gone"); });
        Should.Throw<InvalidOperationException>(() => Of(plan, "crashed", out _).Train(crash));
        Lines("crashed").Length.ShouldBe(1);
        Of(plan, "crashed", out _).Train();
        Points("crashed").Select(p => p.Step).ShouldBe([50, 80]);
        Lines("crashed").Length.ShouldBe(2);
    }

    [Fact]
    public void Train_TwoPhasesInterrupted_EndWithTheSameBits()
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.Plan(epochs: 2);
        plan = plan with { Phases = [plan.Phases[0] with { Name = "first" },
            plan.Phases[0] with { Name = "second", LearningRate = 0.005 }] };
        Of(plan, "whole", out _).Train();

        using var stop = new CancellationTokenSource();
        var progress = new Immediate(p => { if (p.Phase == "second") stop.Cancel(); });
        Should.Throw<OperationCanceledException>(() => Of(plan, "stopped", out _).Train(progress, stop.Token));
        Of(plan, "stopped", out _).Train();

        Weights("stopped").ShouldBe(Weights("whole"));
    }

    [Theory]
    [InlineData(40, "crossEntropy")]
    [InlineData(12, "selfCritical")]
    public void Train_KilledTwentyTimes_EndsWithTheSameBits(int epochs, string objective)
    {
        ChildProcess Start(string run) => new("train", Path.Combine(_folder, run), $"{epochs}", objective);
        using (var whole = Start("whole")) whole.Finish();
        var random = new Random(6);
        for (var round = 0; round < 20; round++)
        {
            using var child = Start("killed");
            child.WaitUntilItGoes();
            child.WaitForBatches(random.Next(0, 60));
            Thread.Sleep(random.Next(0, 10)); // in the middle of a checkpoint as well as of a step
            child.Kill();
        }
        using (var last = Start("killed")) last.Finish().ShouldContain("finished True");

        Weights("killed").ShouldBe(Weights("whole"));
        Lines("killed").Select(WithoutTime).ShouldBe(Lines("whole").Select(WithoutTime));
    }

    [Fact]
    public void Train_SelfCriticalInterruptedAnywhere_EndsWithTheSameBits()
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.SelfCriticalPlan(epochs: 2);
        Of(plan, "whole", out _).Train();
        var stops = 0;
        for (; stops < 100; stops++)
        {
            using var stop = new CancellationTokenSource();
            var steps = 0;
            // Evaluations are stopped too, the one before the phase's first step among them.
            var progress = new Immediate(p => { if (++steps == 3 + stops % 4) stop.Cancel(); });
            try
            {
                Of(plan, "stopped", out _).Train(progress, stop.Token);
                break;
            }
            catch (OperationCanceledException)
            {
            }
        }
        stops.ShouldBeInRange(5, 99);
        Weights("stopped").ShouldBe(Weights("whole"));
        Lines("stopped").Select(WithoutTime).ShouldBe(Lines("whole").Select(WithoutTime));
    }

    [Fact]
    public void Train_SelfCritical_TellsTheRewardAndRaisesIt()
    {
        using var scope = NewDisposeScope();
        var shown = new List<double>();
        var plan = ToyCaptions.SelfCriticalPlan(epochs: 8);
        Of(plan, "run", out _)
            .Train(new Immediate(p =>
            { if (p.Phase == "self-critical" && p.Measures.TryGetValue("reward", out var reward)) shown.Add(reward); }));
        var epochs = Epochs("run", "self-critical");
        epochs.Select(e => e.GetProperty("epoch").GetInt32()).ShouldBe(Enumerable.Range(0, 9));
        epochs.ShouldAllBe(e => e.GetProperty("devReward").GetDouble() > 0);
        epochs[^1].GetProperty("reward").GetDouble().ShouldBe(shown[^1]);
        shown[^1].ShouldBeGreaterThan(shown[0]);
    }

    [Theory]
    [InlineData("crossEntropy")]
    [InlineData("selfCritical")]
    public void Train_PhaseThatOnlyHarms_LeavesTheModelOfThePhaseBefore(string objective)
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.SelfCriticalPlan(epochs: 6);
        var harm = plan.Phases[1] with { LearningRate = 0.5, ClipNorm = 1e6, EmaDecay = 0, Objective = objective == "selfCritical"
            ? plan.Phases[1].Objective : new CrossEntropyObjective() };
        Of(plan with { Phases = [plan.Phases[0]] }, "one", out var before).Train();
        var state = Of(plan with { Phases = [plan.Phases[0], harm] }, "two", out var after).Train();

        var epochs = Epochs("two", "self-critical").Select(e => e.GetProperty("ciderD").GetDouble()).ToList();
        epochs[0].ShouldBe(state.BestScore!.Value);
        epochs.Skip(1).ShouldAllBe(score => score < state.BestScore.Value);
        foreach (var (name, value) in after.state_dict()) value.bytes.SequenceEqual(before.state_dict()[name].bytes).ShouldBeTrue(name);
    }

    [Fact]
    public void Train_FinishedRun_IsNotTrainedAgain()
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.Plan(epochs: 1);
        Of(plan, "run", out _).Train();
        var before = File.GetLastWriteTimeUtc(Path.Combine(_folder, "run", "checkpoints", "last.safetensors"));
        Of(plan, "run", out _).Train(new Immediate(_ => throw new InvalidOperationException("no step is due"))).Finished.ShouldBeTrue();
        File.GetLastWriteTimeUtc(Path.Combine(_folder, "run", "checkpoints", "last.safetensors")).ShouldBe(before);
    }

    [Fact]
    public void Train_FolderOfAnotherPlan_IsRefused()
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.Plan(epochs: 2);
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Of(plan, "run", out _).Train(new Immediate(_ => stop.Cancel()), stop.Token));
        Should.Throw<CaptionTLException>(() => Of(plan with { Seed = 9 }, "run", out _).Train()).Message.ShouldContain("another plan");
    }

    [Fact]
    public void Train_Step_LeavesNoTensorBehind()
    {
        var plan = ToyCaptions.Plan(epochs: 3);
        var counts = new List<long>();
        Collect();
        using (var decoder = _toy.Decoder(plan))
        {
            Run(plan, "leaks", decoder).Train(new Immediate(p => { if (p.Activity == "train") counts.Add(Tensor.TotalCount); }));
        }
        // After the first steps have made gradients and optimizer state, nothing more is added.
        counts.Skip(3).Distinct().Count().ShouldBe(1, string.Join(' ', counts));
    }

    [Fact]
    public void Train_LossIsNoNumber_SaysSoAndKeepsTheBest()
    {
        using var scope = NewDisposeScope();
        var plan = ToyCaptions.Plan(epochs: 2);
        var broken = plan with { Phases = [plan.Phases[0] with { LearningRate = 1e30, ClipNorm = 1e30, WarmUp = 0 }] };
        var error = Should.Throw<CaptionTLException>(() => Of(broken, "nan", out _).Train());
        error.Message.ShouldContain("learning rate");
        error.IsInput.ShouldBeFalse();
    }

    // Tensors that tests before have left to the finalizer.
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private Trainer Of(TransferPlan plan, string run, out CaptionDecoder decoder) => Run(plan, run, decoder = _toy.Decoder(plan));

    private Trainer Run(TransferPlan plan, string run, CaptionDecoder decoder) =>
        new(plan, _toy.Training(plan, decoder), _toy, new RunFolder(Path.Combine(_folder, run)));

    private Dictionary<string, string> Weights(string run) => CheckpointDigests.Of(Path.Combine(_folder, run));

    private List<JsonElement> Epochs(string run, string phase) =>
        [.. Lines(run).Select(l => JsonDocument.Parse(l).RootElement)
            .Where(l => l.GetProperty("kind").GetString() == "epoch" && l.GetProperty("phase").GetString() == phase)];

    private string[] Lines(string run) => File.ReadAllLines(Path.Combine(_folder, run, "metrics.jsonl"));

    // What the event file holds, times aside.
    private IReadOnlyList<(long Step, string Scalars)> Points(string run) =>
        [.. EventFileReader.ReadRun(Path.Combine(_folder, run)).Skip(1)
            .Select(e => (e.Step, string.Join(';', e.Scalars.Where(s => !s.Tag.EndsWith("/seconds")))))];

    private static string WithoutTime(string line)
    {
        using var json = JsonDocument.Parse(line);
        return string.Join(';', json.RootElement.EnumerateObject().Where(p => p.Name is not ("time" or "seconds"))
            .Select(p => $"{p.Name}={p.Value}"));
    }

    private sealed class Immediate(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
