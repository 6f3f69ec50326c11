using CaptionTL.Classes;
using CaptionTL.Training.Plans;

namespace CaptionTL.Tests.Classes;

public class LogisticRegressionTests
{
    [Theory]
    [InlineData(2, 0.1)]
    [InlineData(2, 10)]
    [InlineData(3, 0.1)]
    [InlineData(3, 10)]
    public void Fit_AnyC_EndsWhereTheGradientIsZero(int classes, double c)
    {
        var (x, y) = (ClassicalData.Features("logistic", 60, 6, classes), ClassicalData.Labels(60, classes));

        var model = LogisticRegression.Fit(x, y, c);

        // C · Σ (p − 1[y = k]) x + w = 0 and Σ (p − 1[y = k]) = 0, written out from the objective.
        model.Converged.ShouldBeTrue();
        var p = model.Probabilities(x);
        var first = classes == 2 ? 1 : 0;
        for (var k = first; k < classes; k++)
        {
            var (intercept, gradient) = (0.0, model.Weights.Slice((k - first) * 6, 6).ToArray());
            for (var r = 0; r < 60; r++)
            {
                var error = p[r][k] - (y[r] == k ? 1 : 0);
                intercept += error;
                for (var d = 0; d < 6; d++) gradient[d] += c * error * x[r][d];
            }
            intercept.ShouldBe(0, 1e-3);
            foreach (var g in gradient) g.ShouldBe(0, 1e-3 * Math.Max(1, c));
        }
    }

    [Fact]
    public void Probabilities_TwoClasses_AreTheSigmoidOfTheLogOdds()
    {
        var (x, y) = (ClassicalData.Features("logistic", 60, 6, 2), ClassicalData.Labels(60, 2));
        var model = LogisticRegression.Fit(x, y);
        var scores = model.Decide(x)[5];
        scores[0].ShouldBe(0);
        model.Probabilities(x)[5][1].ShouldBe(1 / (1 + Math.Exp(-scores[1])), 1e-12);
        model.Probabilities(x).ShouldAllBe(p => Math.Abs(p.Sum() - 1) < 1e-12);
    }

    [Fact]
    public void Fit_Start_ChangesTheWayNotTheResult()
    {
        var (x, y) = (ClassicalData.Features("logistic", 60), ClassicalData.Labels(60));
        var start = LogisticRegression.Fit(x, y, 0.01).Parameters;

        var warm = LogisticRegression.Fit(x, [0, 1, 2], y, [1, 1, 1], 4, start, 1e-8, CancellationToken.None);

        warm.Weights.ToArray()
            .ShouldBeNear(LogisticRegression.Fit(x, [0, 1, 2], y, [1, 1, 1], 4, null, 1e-8,
            CancellationToken.None).Weights.ToArray(), 1e-4);
    }

    [Fact]
    public void Fit_SeparableClassesAndHugeC_StaysFinite()
    {
        var model = LogisticRegression.Fit(ClassicalData.Rows([-1], [-2], [1], [2]), [0, 0, 1, 1], 1e12);
        model.Weights[0].ShouldBeGreaterThan(5);
        model.Predict(ClassicalData.Rows([-3], [3])).ShouldBe([0, 1]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Fit_BalancedWeights_IsAsIfEveryClassHadAsManyRows(int classes)
    {
        // Class 0 has twice the rows of the others: weights 1 / 2 · r and r, where r is what the others' weights are.
        var (x, y) = ClassicalData.Uneven("balanced", classes);
        var rare = y.Length / (double)(classes * 20);
        var (twice, labels) = ClassicalData.Evened(x, y);

        var balanced = LogisticRegression.Fit(x, y, 3, ClassWeighting.Balanced);

        balanced.Weights.ToArray().ShouldBeNear(LogisticRegression.Fit(twice, labels, 3 * rare / 2).Weights.ToArray(), 1e-4);
        Math.Abs(balanced.Weights[0] - LogisticRegression.Fit(x, y, 3).Weights[0]).ShouldBeGreaterThan(1e-3);
    }
}
