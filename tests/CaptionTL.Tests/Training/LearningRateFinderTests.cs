using CaptionTL.Tests.Child;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Training;

[Collection(nameof(TorchCollection))]
public class LearningRateFinderTests
{
    private static readonly TransferPlan Plan = ToyCaptions.Plan(epochs: 2);

    [Fact]
    public void Find_ToyTask_SuggestsRatesThatLowerTheLoss()
    {
        using var scope = NewDisposeScope();
        var range = Find(Plan);
        range.Points.Count.ShouldBeInRange(2, LearningRateFinder.Steps);
        range.Points[0].Rate.ShouldBe(1e-6, 1e-12);
        range.Points.Zip(range.Points.Skip(1)).ShouldAllBe(p => p.Second.Rate > p.First.Rate);
        range.Minimum.Smoothed.ShouldBeLessThan(0.8 * range.Points[0].Smoothed);
        // Trainings of this toy use 0.02; both suggestions are within a power of ten or so of that.
        range.Steepest.ShouldBeInRange(1e-3, range.Minimum.Rate);
        range.TenthOfMinimum.ShouldBe(range.Minimum.Rate / 10);
    }

    [Fact]
    public void Find_Twice_FindsTheSame()
    {
        using var scope = NewDisposeScope();
        Find(Plan).Points.ShouldBe(Find(Plan).Points);
    }

    [Fact]
    public void Find_Cancelled_Stops()
    {
        using var scope = NewDisposeScope();
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Should.Throw<OperationCanceledException>(() =>
            Find(Plan, new ImmediateProgress<LearningRatePoint>(_ => { if (++steps == 3) stop.Cancel(); }), stop.Token));
        steps.ShouldBe(3);
    }

    [Fact]
    public void Steepest_KnownCurve_IsWhereItFallsFastest()
    {
        // Flat, falling fastest at point 60, lowest at 100, then rising.
        var points = Enumerable.Range(0, 150)
            .Select(i => new LearningRatePoint(Math.Pow(10, -6 + i / 25.0), 0, i <= 100
            ? 3 - 2 / (1 + Math.Exp((60 - i) / 5.0)) - 1e-4 * i : 1 + 0.2 * (i - 100))).ToList();
        var range = new LearningRateRange("main", points, Diverged: true);
        range.Steepest.ShouldBe(points[60].Rate);
        range.Minimum.ShouldBe(points[100]);
        range.TenthOfMinimum.ShouldBe(points[75].Rate, 1e-9);
        new LearningRateRange("main", [.. points.Take(3)], Diverged: false).Steepest.ShouldBe(points[2].Rate);
    }

    private static LearningRateRange Find(TransferPlan plan, IProgress<LearningRatePoint>? progress = null,
        CancellationToken cancellation = default)
    {
        var toy = new ToyCaptions();
        using var decoder = toy.Decoder(plan);
        return LearningRateFinder.Find(plan, toy.Training(plan, decoder), toy, progress, cancellation);
    }
}
