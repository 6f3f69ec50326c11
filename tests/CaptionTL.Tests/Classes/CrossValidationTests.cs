using CaptionTL.Classes;
using CaptionTL.Training;

namespace CaptionTL.Tests.Classes;

public class CrossValidationTests
{
    private static readonly FeatureMatrix X = ClassicalData.Features("cross", 90);
    private static readonly int[] Y = ClassicalData.Labels(90);

    private static readonly CrossValidationOptions Small = new()
    {
        Folds = 3, Seed = 5, Grid = new ClassicalGrid { C = [4, 0.25, 1], GammaScale = [1, 0.5], Neighbours = [5, 1] },
    };

    [Theory]
    [MemberData(nameof(ClassicalData.Kinds), MemberType = typeof(ClassicalData))]
    public void Run_EveryPoint_IsWhatFitsOfTheFoldsGive(ClassicalKind kind, SvmKernel kernel, FeatureDistance distance, bool standardize,
        int classes)
    {
        var (x, y) = (ClassicalData.Features("cross", 60, 6, classes), ClassicalData.Labels(60, classes));
        var settings = new ClassicalSettings { Kind = kind, Kernel = kernel, Distance = distance, Standardize = standardize };

        var result = CrossValidation.Run(settings, x, y, Small);

        // The same by the public models, without warm starts and tables; an answer at the margin may turn over.
        var dealt = StratifiedFolds.Deal(y, 3, 5);
        foreach (var point in result.Points)
            for (var f = 0; f < 3; f++)
            {
                int[] training = [.. Enumerable.Range(0, 60).Where(r => dealt[r] != f)],
                    held = [.. Enumerable.Range(0, 60).Where(r => dealt[r] == f)];
                var head = ClassicalHead.Fit(point.Settings, x.Select(training), [.. training.Select(r => y[r])]);
                point.Accuracies[f].ShouldBe(head.Accuracy(x.Select(held), [.. held.Select(r => y[r])]), 1.01 / held.Length,
                    $"{point.Settings} fold {f}");
            }
        result.Points.Count.ShouldBe(kind switch { ClassicalKind.KernelSvm when kernel == SvmKernel.Rbf => 6,
            ClassicalKind.NearestNeighbours => 2, ClassicalKind.NearestClassMean => 1, _ => 3 });
        result.Best.Accuracy.ShouldBe(result.Points.Max(p => p.Accuracy), 1e-9);
    }

    [Fact]
    public void Run_EquallyGoodPoints_TakesTheSmallestCAndGamma()
    {
        var x = ClassicalData.Rows([.. Enumerable.Range(0, 20).Select(i => new[] { i % 2 * 100f + i * 0.1f })]);

        var result = CrossValidation.Run(new ClassicalSettings { Kind = ClassicalKind.KernelSvm }, x, ClassicalData.Labels(20, 2), Small);

        result.Points.ShouldAllBe(p => p.Accuracy == 1);
        (result.Best.Settings.C, result.Best.Settings.GammaScale).ShouldBe((0.25, 0.5));
    }

    [Theory]
    [InlineData(ClassicalKind.LogisticRegression)]
    [InlineData(ClassicalKind.LinearSvm)]
    [InlineData(ClassicalKind.KernelSvm)]
    [InlineData(ClassicalKind.NearestNeighbours)]
    public async Task Run_OneThreadOrMany_GivesTheSameTableAndModel(ClassicalKind kind)
    {
        var settings = new ClassicalSettings { Kind = kind };
        var single = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, 1).ExclusiveScheduler;

        var one = await Task.Factory.StartNew(Result, CancellationToken.None, TaskCreationOptions.None, single);
        var many = await Task.Run(Result);

        many.ShouldBe(one);

        string Result()
        {
            var result = CrossValidation.Run(settings, X, Y, Small);
            using var stream = new MemoryStream();
            ClassicalHead.Fit(result.Best.Settings, X, Y).Write(stream);
            return string.Join("\n", result.Points.Select(p => $"{p.Settings} {string.Join(" ", p.Accuracies)}"))
                + Convert.ToHexString(stream.ToArray());
        }
    }

    [Fact]
    public void Run_Progress_CountsEveryFit()
    {
        var reports = new List<(int Done, int Total)>();
        CrossValidation.Run(new ClassicalSettings { Kind = ClassicalKind.KernelSvm }, X, Y, Small,
            (done, total) => reports.Add((done, total)));
        reports.Select(r => r.Done).ShouldBe(Enumerable.Range(1, 18));
        reports.ShouldAllBe(r => r.Total == 18);
    }

    [Theory]
    [InlineData(ClassicalKind.LogisticRegression)]
    [InlineData(ClassicalKind.KernelSvm)]
    public void Run_CancelledUnderway_Stops(ClassicalKind kind)
    {
        using var source = new CancellationTokenSource();
        var reports = 0;
        Should.Throw<OperationCanceledException>(() => CrossValidation.Run(new ClassicalSettings { Kind = kind }, X, Y, null, (done, _) =>
        {
            reports++;
            if (done == 3) source.Cancel();
        }, source.Token));
        reports.ShouldBeLessThan(65);
    }

    [Fact]
    public void Run_TooFewImages_IsRefusedOrTakesFewerFolds()
    {
        var settings = new ClassicalSettings();
        CrossValidation.Run(settings, X.Select([0, 1, 3, 4, 2]), [0, 1, 0, 1, 2], Small).Folds.ShouldBe(2);
        Should.Throw<CaptionTLException>(() => CrossValidation.Run(settings, X.Select([0, 1, 3]), [0, 1, 0], Small)).Message.ShouldContain(
            "two classes of at least two images");
    }

    [Fact]
    public void Run_OptionsOutOfRange_AreRefused()
    {
        void Refused(ClassicalKind kind, CrossValidationOptions options) =>
            Should.Throw<CaptionTLException>(() => CrossValidation.Run(new ClassicalSettings { Kind = kind }, X, Y, options));
        Refused(ClassicalKind.LogisticRegression, new() { Folds = 1 });
        Refused(ClassicalKind.LogisticRegression, new() { Grid = new() { C = [] } });
        Refused(ClassicalKind.LinearSvm, new() { Grid = new() { C = [1, 0] } });
        Refused(ClassicalKind.KernelSvm, new() { Grid = new() { GammaScale = [double.NaN] } });
        Refused(ClassicalKind.NearestNeighbours, new() { Grid = new() { Neighbours = [0, 3] } });
        Refused(ClassicalKind.NearestNeighbours, new() { Grid = new() { Neighbours = [1000] } });
    }

    [Fact]
    public void Deal_Classes_AreSpreadEvenly()
    {
        int[] labels = [.. Enumerable.Range(0, 103).Select(i => i % 7 == 0 ? 2 : i % 2)];
        var dealt = StratifiedFolds.Deal(labels, 5, 3);
        foreach (var group in (IEnumerable<IGrouping<int, int>>)[.. Enumerable.Range(0, 103).GroupBy(i => labels[i]),
            .. Enumerable.Range(0, 103).GroupBy(_ => -1)])
        {
            int[] counts = [.. Enumerable.Range(0, 5).Select(f => group.Count(i => dealt[i] == f))];
            (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1);
        }
        StratifiedFolds.Deal(labels, 5, 3).ShouldBe(dealt);
        StratifiedFolds.Deal(labels, 5, 4).ShouldNotBe(dealt);
    }
}
