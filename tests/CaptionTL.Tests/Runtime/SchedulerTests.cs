using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.optim;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Runtime;

public class SchedulerTests
{
    public static readonly TheoryData<string, Func<Optimizer, lr_scheduler.LRScheduler>> Schedules = new()
    {
        { "StepLR(7,gamma=0.5)", o => lr_scheduler.StepLR(o, 7, 0.5) },
        { "CosineAnnealingLR(T_max=30,eta_min=0.001)", o => lr_scheduler.CosineAnnealingLR(o, 30, 0.001) },
        { "OneCycleLR(max_lr=0.1,total_steps=41,pct_start=0.1)", o => lr_scheduler.OneCycleLR(o, 0.1, total_steps: 41, pct_start: 0.1) },
        { "LinearLR(start_factor=0.1,total_iters=10)", o => lr_scheduler.LinearLR(o, 0.1, total_iters: 10) },
        { "ExponentialLR(0.95)", o => lr_scheduler.ExponentialLR(o, 0.95) },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Schedules))]
    public void Step_FortySteps_EqualsPyTorch(string name, Func<Optimizer, lr_scheduler.LRScheduler> make)
    {
        using var weight = new Parameter(zeros(1));
        using var optimizer = SGD([weight], ReferenceTensors.Root.GetProperty("schedulers").GetProperty("base_lr").GetDouble(),
            momentum: 0.9);
        var scheduler = make(optimizer);
        foreach (var expected in ReferenceTensors.Root.GetProperty("schedulers").GetProperty(name).EnumerateArray())
        {
            optimizer.ParamGroups.Single().LearningRate.ShouldBe(expected.GetDouble(), 1e-12);
            scheduler.get_last_lr().Single().ShouldBe(expected.GetDouble(), 1e-12);
            scheduler.step();
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Schedules))]
    public void Step_JumpToAStep_GivesTheRateOfThatStep(string name, Func<Optimizer, lr_scheduler.LRScheduler> make)
    {
        using var weight = new Parameter(zeros(1));
        using var optimizer = SGD([weight], 0.1, momentum: 0.9);
        make(optimizer).step(23);
        optimizer.ParamGroups.Single().LearningRate.ShouldBe(ReferenceTensors.Root.GetProperty("schedulers").GetProperty(name)[23]
            .GetDouble(), 1e-12);
    }

    [Fact]
    public void OneCycleLR_CyclesMomentum_AgainstTheRateAndThroughAdamsFirstBeta()
    {
        using var weight = new Parameter(zeros(1));
        using var optimizer = Adam([weight]);
        var group = (IBetas)optimizer.ParamGroups.Single();
        var scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps: 11, pct_start: 0.5);
        group.Betas.Item1.ShouldBe(0.95, 1e-12);
        for (var i = 0; i < 5; i++) scheduler.step();
        group.Betas.Item1.ShouldBeLessThan(0.86);
        for (var i = 0; i < 5; i++) scheduler.step();
        group.Betas.Item1.ShouldBe(0.95, 1e-12);
        group.Betas.Item2.ShouldBe(0.999);
    }

    [Fact]
    public void OneCycleLR_MoreStepsThanPlanned_IsRefused()
    {
        using var weight = new Parameter(zeros(1));
        using var optimizer = SGD([weight], 0.1, momentum: 0.9);
        var scheduler = lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps: 3);
        for (var i = 0; i < 3; i++) scheduler.step();
        Should.Throw<InvalidOperationException>(scheduler.step).Message.ShouldContain("total steps is 3");
    }

    [Fact]
    public void MultiStepLR_Milestones_ReduceThere() => Rates(o => lr_scheduler.MultiStepLR(o, [2, 4], 0.1), 6)
        .ShouldMatchRates(1, 1, 0.1, 0.1, 0.01, 0.01);

    [Fact]
    public void ConstantLR_AfterTotalIters_IsTheInitialRate() => Rates(o => lr_scheduler.ConstantLR(o, 0.5, 2), 4)
        .ShouldMatchRates(0.5, 0.5, 1, 1);

    [Fact]
    public void PolynomialLR_Linear_FallsToZero() => Rates(o => lr_scheduler.PolynomialLR(o, 4), 6)
        .ShouldMatchRates(1, 0.75, 0.5, 0.25, 0, 0);

    [Fact]
    public void LambdaLR_Function_MultipliesTheInitialRate() => Rates(o => lr_scheduler.LambdaLR(o, step => 1.0 / (step + 1)), 3)
        .ShouldMatchRates(1, 1.0 / 2, 1.0 / 3);

    [Fact]
    public void MultiplicativeLR_Function_MultipliesThePresentRate() => Rates(o => lr_scheduler.MultiplicativeLR(o, _ => 0.5), 4)
        .ShouldMatchRates(1, 0.5, 0.25, 0.125);

    [Fact]
    public void CyclicLR_Triangular_GoesUpAndDown() =>
        Rates(o => lr_scheduler.CyclicLR(o, 0, 1, step_size_up: 2), 7).ShouldMatchRates(0, 0.5, 1, 0.5, 0, 0.5, 1);

    [Fact]
    public void SequentialLR_WarmUpThenDecay_ChangesAtTheMilestone() =>
        Rates(o => lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o, 0.25, total_iters: 3), lr_scheduler.ExponentialLR(o, 0.5)], [3]),
            6)
            .ShouldMatchRates(0.25, 0.5, 0.75, 1, 0.5, 0.25);

    [Fact]
    public void ChainedLR_TwoSchedules_Multiply() =>
        Rates(o => lr_scheduler.ChainedLR([lr_scheduler.ConstantLR(o, 0.1, 2), lr_scheduler.ExponentialLR(o, 0.5)]), 4)
            .ShouldMatchRates(0.1, 0.05, 0.25, 0.125);

    [Fact]
    public void ReduceLROnPlateau_NoImprovementForLongerThanPatience_Reduces()
    {
        using var weight = new Parameter(zeros(1));
        using var optimizer = SGD([weight], 1);
        var scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor: 0.1, patience: 1);
        double[] losses = [1, 0.9, 0.9, 0.9, 0.9, 0.8];
        var rates = losses.Select(loss =>
        {
            scheduler.step(loss);
            return optimizer.ParamGroups.Single().LearningRate;
        }).ToArray();
        rates.ShouldMatchRates(1, 1, 1, 0.1, 0.1, 0.1);
        Should.Throw<InvalidOperationException>(scheduler.step);
    }

    private static double[] Rates(Func<Optimizer, lr_scheduler.LRScheduler> make, int steps)
    {
        using var weight = new Parameter(zeros(1));
        using var optimizer = SGD([weight], 1, momentum: 0.9);
        var scheduler = make(optimizer);
        return Enumerable.Range(0, steps).Select(_ =>
        {
            var rate = optimizer.ParamGroups.Single().LearningRate;
            scheduler.step();
            return rate;
        }).ToArray();
    }
}

internal static class RateAssertions
{
    public static void ShouldMatchRates(this double[] actual, params double[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < actual.Length; i++) actual[i].ShouldBe(expected[i], 1e-12, $"step {i}");
    }
}
