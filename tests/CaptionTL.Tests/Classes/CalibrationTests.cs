using CaptionTL.Classes;

namespace CaptionTL.Tests.Classes;

public class CalibrationTests
{
    // Right answers drawn with the probabilities softmax(score / 2.5): the scores are overconfident, and 2.5 is what is looked for.
    private static readonly double[][] Scores = [.. Goldens.Uniform("scores", 9000).Chunk(3)
        .Select(row => row.Select(v => 6.0 * v).ToArray())];
    private static readonly int[] Columns = [.. new TemperatureScaling(2.5).Probabilities(Scores)
        .Zip(Goldens.Uniform("answers", 3000), (p, u) => (u + 1) / 2 < p[0] ? 0 : (u + 1) / 2 < p[0] + p[1] ? 1 : 2)];

    [Fact]
    public void Fit_AnswersDrawnAtATemperature_FindsIt() => TemperatureScaling.Fit(Scores, Columns).Temperature.ShouldBe(2.5, 0.25);

    [Fact]
    public void Fit_Temperature_IsBetterThanAnyOther()
    {
        var best = TemperatureScaling.Fit(Scores, Columns);
        var least = best.NegativeLogLikelihood(Scores, Columns);
        foreach (var factor in (double[])[0.1, 0.5, 0.9, 1.1, 2, 10])
            new TemperatureScaling(best.Temperature * factor).NegativeLogLikelihood(Scores, Columns).ShouldBeGreaterThan(least);
    }

    [Theory]
    [InlineData(1e-1)]
    [InlineData(7)]
    public void Fit_ScaledScores_ScalesTheTemperature(double scale)
    {
        var scaled = TemperatureScaling.Fit([.. Scores.Select(row => row.Select(s => scale * s).ToArray())], Columns);
        scaled.Temperature.ShouldBe(scale * TemperatureScaling.Fit(Scores, Columns).Temperature, 1e-6);
    }

    [Fact]
    public void Fit_AllRightOrAllWrong_IsNotCertain()
    {
        // Two of two right: the next is right with probability 3/4, so softmax(5 / T) = 3/4.
        TemperatureScaling.Fit([[5, 0], [0, 5]], [0, 1]).Temperature.ShouldBe(5 / Math.Log(3), 1e-6);
        TemperatureScaling.Fit([[5, 0], [0, 5]], [1, 0]).Temperature.ShouldBe(50, 1);
        TemperatureScaling.Fit([[1, 1], [2, 2]], [1, 0]).Temperature.ShouldBe(1);
    }

    [Fact]
    public void Probabilities_OfAnyTemperature_KeepTheAnswer() =>
        new TemperatureScaling(3).Probabilities(Scores).Select(p => ClassicalPrediction.Best(p))
            .ShouldBe(Scores.Select(s => ClassicalPrediction.Best(s)));

    [Fact]
    public void Calibration_OverconfidentScores_LowersTheError()
    {
        var before = ExpectedCalibrationError.Of(TemperatureScaling.None.Probabilities(Scores), Columns);
        var after = ExpectedCalibrationError.Of(TemperatureScaling.Fit(Scores, Columns).Probabilities(Scores), Columns);
        before.ShouldBeGreaterThan(0.1);
        after.ShouldBeLessThan(0.03);
    }

    [Fact]
    public void ExpectedCalibrationError_ByHand()
    {
        // Bin (0.5, 0.6]: 0.55 twice, one right; bin (0.9, 1]: 0.95, right.
        double[][] p = [[0.55, 0.45], [0.45, 0.55], [0.95, 0.05]];
        ExpectedCalibrationError.Of(p, [0, 0, 0], 10).ShouldBe((Math.Abs(1.1 - 1) + Math.Abs(0.95 - 1)) / 3, 1e-12);
        ExpectedCalibrationError.Of([[1, 0]], [0]).ShouldBe(0);
    }

    [Fact]
    public void Fit_BadInput_IsRefused()
    {
        Should.Throw<CaptionTLException>(() => TemperatureScaling.Fit([], []));
        Should.Throw<CaptionTLException>(() => TemperatureScaling.Fit([[1, 2]], [2]));
        Should.Throw<CaptionTLException>(() => TemperatureScaling.Fit([[1, double.NaN]], [0]));
        Should.Throw<CaptionTLException>(() => new TemperatureScaling(0));
    }
}
