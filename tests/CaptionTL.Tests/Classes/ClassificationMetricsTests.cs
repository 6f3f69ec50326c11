using CaptionTL.Classes;
using CaptionTL.Datasets;

namespace CaptionTL.Tests.Classes;

public class ClassificationMetricsTests
{
    private static readonly string[] Classes = ["a", "b", "c", "d"];

    internal static ClassifiedImage Image(string id, int truth, params float[] probabilities) =>
        new(id, new ImageSource($"/made/{id}"), truth, probabilities);

    /// <summary>Ties, a probability of 0 for the truth, a class without images that is predicted.</summary>
    private static List<ClassifiedImage> Images() =>
    [
        Image("0", 0, .7f, .2f, .1f, 0), Image("1", 0, .5f, .25f, .125f, .125f), Image("2", 0, .25f, .5f, .125f, .125f),
        Image("3", 1, .1f, .8f, .05f, .05f), Image("4", 1, .625f, .25f, .125f, 0), Image("5", 2, .1f, .2f, .6f, .1f),
        Image("6", 2, .05f, .05f, .05f, .85f), Image("7", 2, .3f, .3f, .3f, .1f), Image("8", 2, 0, 1, 0, 0),
            Image("9", 0, .4f, .4f, .1f, .1f),
    ];

    /// <summary>Expected numbers: the definitions written out with NumPy 1.24 in double precision.</summary>
    [Fact]
    public void Compute_SmallSet_EqualsTheDefinitions()
    {
        var scores = ClassificationMetrics.Compute(Classes, Images());
        scores.Images.ShouldBe(10);
        scores.Confusion.ShouldBe([[3, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]);
        scores.Classes.ShouldBe([
            new("a", 0.6, 0.75, 2 / 3.0, 4, 5), new("b", 1 / 3.0, 0.5, 0.4, 2, 3), new("c", 1, 0.25, 0.4, 4, 1), new("d", 0, 0, 0, 0, 1)]);
        (scores.Accuracy, scores.BalancedAccuracy).ShouldBe((0.5, 0.5));
        scores.MacroF1.ShouldBe(0.36666666666666664, 1e-12);
        scores.LogLoss.ShouldBe(4.571602911354345, 1e-12);
        scores.TopAccuracy.ShouldBe([0.5, 0.7, 0.9, 1]);
    }

    [Fact]
    public void Compute_ClassNeitherThereNorPredicted_DoesNotLowerTheMeans()
    {
        var scores = ClassificationMetrics.Compute(["a", "b", "c"], [Image("0", 0, .9f, .1f, 0), Image("1", 1, .2f, .8f, 0)]);
        (scores.MacroF1, scores.BalancedAccuracy, scores.Classes[2].Recall).ShouldBe((1, 1, 0));
        scores.TopAccuracy.Count.ShouldBe(3);
    }

    [Fact]
    public void Compute_BadInput_SaysWhat()
    {
        Should.Throw<CaptionTLException>(() => ClassificationMetrics.Compute(Classes, [])).Message.ShouldContain("no images");
        Should.Throw<CaptionTLException>(() =>
            ClassificationMetrics.Compute(["a", "b"], [Image("x.jpg", 0, float.NaN, 1)])).Message.ShouldContain("x.jpg");
        Should.Throw<ArgumentException>(() =>
            ClassificationMetrics.Compute(Classes, [Image("x.jpg", 0, 1)])).Message.ShouldContain("x.jpg");
        Should.Throw<ArgumentException>(() =>
            ClassificationMetrics.Compute(["a", "b"], [Image("x.jpg", 2, 1, 0)])).Message.ShouldContain("x.jpg");
    }

    [Fact]
    public void MostWrong_Images_AreOrderedByTheWrongClassesProbability()
    {
        MostWrong.Of(Images()).Select(p => p.Id).ShouldBe(["8", "6", "4", "2", "7"]);
        MostWrong.Of(Images(), 2).Select(p => p.Id).ShouldBe(["8", "6"]);
        MostWrong.Of([Image("b", 0, .4f, .6f), Image("a", 0, .4f, .6f), Image("c", 1, .4f, .6f)]).Select(p => p.Id)
            .ShouldBe(["a", "b"]);
    }
}
