using CaptionTL.Classes;

namespace CaptionTL.Tests.Classes;

public class FeatureStandardizerTests
{
    [Fact]
    public void Transform_TrainingRows_HaveMean0AndDeviation1()
    {
        var features = ClassicalData.Features("standardizer", 50);

        var standard = FeatureStandardizer.Fit(features).Transform(features);

        for (var c = 0; c < features.Columns; c++)
        {
            double[] column = [.. Enumerable.Range(0, 50).Select(r => (double)standard[r][c])];
            column.Average().ShouldBe(0, 1e-6);
            column.Average(v => v * v).ShouldBe(1, 1e-6);
        }
    }

    [Fact]
    public void Fit_PopulationDeviation_IsThatOfTheRows()
    {
        var standardizer = FeatureStandardizer.Fit(ClassicalData.Rows([1], [3], [8]));
        standardizer.Mean[0].ShouldBe(4, 1e-12);
        standardizer.Deviation[0].ShouldBe(Math.Sqrt(26 / 3.0), 1e-12);
    }

    [Fact]
    public void Fit_ConstantFeature_KeepsDeviation1()
    {
        var features = ClassicalData.Rows([0.1f, 1], [0.1f, 2], [0.1f, 3]);

        var standardizer = FeatureStandardizer.Fit(features);

        standardizer.Deviation[0].ShouldBe(1);
        standardizer.Transform(features)[2][0].ShouldBe(0, 1e-7f);
    }

    [Fact]
    public void Transform_OtherNumberOfFeatures_IsRefused() =>
        Should.Throw<CaptionTLException>(() => FeatureStandardizer.Fit(ClassicalData.Rows([1, 2], [3, 4]))
            .Transform(ClassicalData.Rows([1], [2])))
            .Message.ShouldContain("1 features, the model was trained on 2");

    [Fact]
    public void Transform_FarOffAfterBarelyChanging_StaysFinite()
    {
        var standardizer = FeatureStandardizer.Fit(ClassicalData.Rows([1e-38f], [2e-38f]));
        standardizer.Transform(ClassicalData.Rows([3e38f], [-3e38f])).Values.ToArray().ShouldBe([float.MaxValue, float.MinValue]);
    }
}
