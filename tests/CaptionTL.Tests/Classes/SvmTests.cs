using CaptionTL.Classes;
using CaptionTL.Training.Plans;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Classes;

public class SvmTests
{
    [Fact]
    public void LinearSvm_TwoPoints_IsTheWidestMargin()
    {
        var model = LinearSvm.Fit(ClassicalData.Rows([0, 0], [2, 0]), [0, 1], 100);
        model.Weights.ToArray().ShouldBeNear([1, 0], 1e-6);
        model.Intercepts[0].ShouldBe(-1, 1e-6);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void LinearSvm_AndKernelSvmWithALinearKernel_DecideTheSame(int classes)
    {
        var (x, y) = (ClassicalData.Features("svm", 80, 6, classes), ClassicalData.Labels(80, classes));
        LinearSvm.Fit(x, y, 2).Decide(x).SelectMany(s => s)
            .ShouldBeNear([.. KernelSvm.Fit(x, y, SvmKernel.Linear, 2).Decide(x).SelectMany(s => s)], 1e-9);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(8)]
    public void KernelSvm_Rbf_MeetsTheConditionsOfTheOptimum(double c)
    {
        var (x, y) = (ClassicalData.Features("svm", 80, 6, 2), ClassicalData.Labels(80, 2));

        var model = KernelSvm.Fit(x, y, SvmKernel.Rbf, c, 0.5);

        // Karush-Kuhn-Tucker: margin ≥ 1 without, ≤ 1 at the bound, = 1 between; coefficients sum to 0.
        model.Converged.ShouldBeTrue();
        model.Coefficients.Sum().ShouldBe(0, 1e-9);
        model.Coefficients.ShouldAllBe(a => Math.Abs(a) <= c + 1e-12);
        var margins = model.Decide(x).Select((s, r) => s[y[r]]).ToArray();
        for (var r = 0; r < 80; r++)
        {
            var support = Enumerable.Range(0, model.SupportVectors.Rows)
                .FirstOrDefault(s => model.SupportVectors[s].SequenceEqual(x[r]), -1);
            if (support < 0) margins[r].ShouldBeGreaterThan(1 - 2e-3);
            else if (Math.Abs(model.Coefficients[support]) < c) margins[r].ShouldBe(1, 2e-3);
            else margins[r].ShouldBeLessThan(1 + 2e-3);
        }
    }

    [Fact]
    public void SmoSolver_OneCAfterAnother_EndsWhereOneFitEnds()
    {
        var features = ClassicalData.Features("svm", 80, 6, 2);
        var source = new FeatureKernel(features, new KernelFunction(SvmKernel.Rbf, 0.5));
        int[][] rows = PairwiseTraining.Group(ClassicalData.Labels(80, 2), 2);
        var path = new PairwiseTraining(source, rows, [.. rows.Select(_ => 1.0)], 1e-5);
        PairSolution[] last = [];
        foreach (var c in (double[])[0.03, 0.5, 8]) last = path.Solve(c, CancellationToken.None);

        var once = new PairwiseTraining(source, rows, [.. rows.Select(_ => 1.0)], 1e-5).Solve(8, CancellationToken.None);

        last[0].Intercept.ShouldBe(once[0].Intercept, 1e-3);
        Objective(last[0]).ShouldBe(Objective(once[0]), 1e-3);

        double Objective(PairSolution pair)
        {
            var (value, row) = (0.0, new double[pair.Rows.Length]);
            for (var i = 0; i < pair.Rows.Length; i++)
            {
                source.Values(pair.Rows[i], pair.Rows, row);
                value += 0.5 * pair.Coefficients[i] * row.Zip(pair.Coefficients, (k, a) => k * a).Sum() - Math.Abs(pair.Coefficients[i]);
            }
            return value;
        }
    }

    [Fact]
    public void KernelRowCache_RoomForTwoRows_GivesWhatALargeOneGives()
    {
        var features = ClassicalData.Features("cache", 40);
        var source = new FeatureKernel(features, new KernelFunction(SvmKernel.Rbf, 0.5));
        int[] rows = [.. Enumerable.Range(0, 40).Reverse()];
        var (small, large) = (new KernelRowCache(source, rows, 1), new KernelRowCache(source, rows, 1 << 20));
        foreach (var row in (int[])[3, 5, 3, 9, 5, 3, 39, 0, 9, 9, 3])
        {
            small[row].ShouldBe(large[row]);
            small[row][row].ShouldBe(1f);
        }
    }

    [Theory]
    [InlineData(SvmKernel.Linear)]
    [InlineData(SvmKernel.Rbf)]
    public void PairwiseTable_EveryPair_IsTheKernelOfTheFeatures(SvmKernel kernel)
    {
        var features = ClassicalData.Features("table", 37, 21);
        var function = new KernelFunction(kernel, 0.3);
        var table = new TableKernel(new PairwiseTable(features, kernel, CancellationToken.None), function);
        var direct = new FeatureKernel(features, function);
        int[] others = [.. Enumerable.Range(0, 37).Reverse(), 4, 5, 6, 7, 8];
        var (a, b) = (new double[others.Length], new double[others.Length]);
        for (var row = 0; row < 37; row++)
        {
            table.Values(row, others, a);
            direct.Values(row, others, b);
            a.ShouldBeNear(b, 1e-5);
        }
    }

    [Fact]
    public void Scores_TieOfVotes_GoesToTheFirstClassAsInLibsvm()
    {
        // 0 beats 1, 1 beats 2, 2 beats 0 by far: one vote each.
        var scores = Scores([-0.1, 5, -0.1]);
        ClassicalPrediction.Best(scores).ShouldBe(0);
        scores[2].ShouldBe(scores[0]);
        scores[1].ShouldBeLessThan(scores[2]);
    }

    [Fact]
    public void Scores_MostVotes_WinWhateverTheMargins() =>
        ClassicalPrediction.Best(Scores([0.01, -100, -0.01])).ShouldBe(1);

    [Fact]
    public void Fit_DuplicatesWithOppositeLabels_Ends()
    {
        var x = ClassicalData.Rows([1, 2], [1, 2], [1, 2], [1, 2], [-1, 0], [3, 1]);
        int[] y = [0, 1, 0, 1, 0, 1];
        foreach (IClassicalModel model in (IClassicalModel[])[LinearSvm.Fit(x, y, 1000), KernelSvm.Fit(x, y, SvmKernel.Rbf, 1000)])
            model.Predict(x.Select([4, 5])).ShouldBe([0, 1]);
    }

    [Fact]
    public void Fit_AllRowsEqual_Ends()
    {
        var x = ClassicalData.Rows([1, 1], [1, 1], [1, 1]);
        KernelSvm.Fit(x, [0, 1, 1]).Decide(x).SelectMany(s => s).ShouldAllBe(s => double.IsFinite(s));
        LinearSvm.Fit(x, [0, 1, 1]).Decide(x).SelectMany(s => s).ShouldAllBe(s => double.IsFinite(s));
    }

    [Fact]
    public void Fit_FeaturesBeyondTheRangeOfNumbers_AreRefusedOrFinite()
    {
        var x = ClassicalData.Rows([3e38f, 0], [-3e38f, 1], [3e38f, 2]);
        try
        {
            LinearSvm.Fit(x, [0, 1, 1]).Decide(x).SelectMany(s => s).ShouldAllBe(s => double.IsFinite(s));
        }
        catch (CaptionTLException e)
        {
            e.Message.ShouldContain("Standardise");
        }
    }

    [Theory]
    [InlineData(SvmKernel.Linear, 2)]
    [InlineData(SvmKernel.Rbf, 3)]
    public void Fit_BalancedWeights_IsAsIfEveryClassHadAsManyRows(SvmKernel kernel, int classes)
    {
        // Class 0 has twice the rows of the others: half their weight.
        var (x, y) = ClassicalData.Uneven("balanced", classes);
        var rare = y.Length / (double)(classes * 20);
        var (twice, labels) = ClassicalData.Evened(x, y);

        var balanced = KernelSvm.Fit(x, y, kernel, 2, 0.2, ClassWeighting.Balanced).Decide(x);

        var evened = KernelSvm.Fit(twice, labels, kernel, 2 * rare / 2, 0.2).Decide(x);
        balanced.SelectMany(d => d).ShouldBeNear([.. evened.SelectMany(d => d)], 1e-3);
        balanced.SelectMany(d => d).Zip(KernelSvm.Fit(x, y, kernel, 2, 0.2).Decide(x).SelectMany(d => d), (a, b) => Math.Abs(a - b)).Max()
            .ShouldBeGreaterThan(0.05);
        if (kernel == SvmKernel.Linear)
            LinearSvm.Fit(x, y, 2, ClassWeighting.Balanced).Decide(x).SelectMany(d => d)
                .ShouldBeNear([.. balanced.SelectMany(d => d)], 1e-3);
    }

    // Of three classes, from the decisions of their pairs.
    private static double[] Scores(double[] decisions)
    {
        using var scope = NewDisposeScope();
        return ClassicalPrediction.Rows(OneAgainstOne.Scores(TensorMath.Instance, tensor(decisions, [1, 3]), 3)).Single();
    }
}
