using CaptionTL.Classes;

namespace CaptionTL.Tests.Classes;

public class NeighbourTests
{
    private static readonly FeatureMatrix Line = ClassicalData.Rows([0], [1], [2], [10], [11], [12]);
    private static readonly int[] Labels = [4, 4, 9, 9, 9, 4];

    [Fact]
    public void Decide_ThreeNeighbours_GivesTheirShares() =>
        NearestNeighbours.Fit(Line, Labels, 3).Decide(ClassicalData.Rows([0.9f], [11]))
            .SelectMany(s => s).ShouldBeNear([2 / 3.0, 1 / 3.0, 1 / 3.0, 2 / 3.0], 1e-12);

    [Fact]
    public void Predict_TieOfVotes_IsTheSmallerLabel() =>
        NearestNeighbours.Fit(Line, Labels, 2).Predict(ClassicalData.Rows([1.5f])).ShouldBe([4]);

    [Fact]
    public void Predict_EquallyNear_IsTheFirstInTraining() =>
        NearestNeighbours.Fit(ClassicalData.Rows([1], [-1], [1]), [1, 0, 0], 1).Predict(ClassicalData.Rows([0], [1])).ShouldBe([1, 1]);

    [Fact]
    public void Cosine_LengthOfARow_DoesNotMatter()
    {
        var model = NearestNeighbours.Fit(ClassicalData.Rows([1, 0], [0, 100], [0, 0]), [0, 1, 2], 1, FeatureDistance.Cosine);
        model.Predict(ClassicalData.Rows([50, 1], [0.01f, 0.02f], [-1, -1])).ShouldBe([0, 1, 2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(7)]
    public void Fit_CountOutOfRange_IsRefused(int neighbours) =>
        Should.Throw<CaptionTLException>(() => NearestNeighbours.Fit(Line, Labels, neighbours)).Message.ShouldContain(
            "1 to 6 are possible");

    [Fact]
    public void NearestClassMean_Scores_AreMinusHalfTheSquaredDistance()
    {
        var model = NearestClassMean.Fit(ClassicalData.Rows([0, 0], [2, 0], [5, 5]), [3, 3, 8]);
        model.Decide(ClassicalData.Rows([1, 2]))[0].ShouldBeNear([-2, -12.5], 1e-12);
        model.Predict(ClassicalData.Rows([1, 2], [4, 4])).ShouldBe([3, 8]);
    }
}
