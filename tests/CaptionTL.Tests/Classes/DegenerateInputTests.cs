using CaptionTL.Classes;

namespace CaptionTL.Tests.Classes;

/// <summary>What every kind of model does with data that are hardly any.</summary>
public class DegenerateInputTests
{
    public static TheoryData<ClassicalKind> Kinds => [.. Enum.GetValues<ClassicalKind>()];

    public static TheoryData<ClassicalKind> KindsWithC =>
        [ClassicalKind.LogisticRegression, ClassicalKind.LinearSvm, ClassicalKind.KernelSvm];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fit_OneClass_IsRefused(ClassicalKind kind) =>
        Refused(kind, ClassicalData.Features("one", 6), [2, 2, 2, 2, 2, 2]).ShouldContain("at least two classes");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fit_NoRows_IsRefused(ClassicalKind kind) => Refused(kind, new FeatureMatrix([], 0, 3), []).ShouldContain("no images");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fit_LabelsThatDoNotMatch_AreRefused(ClassicalKind kind) =>
        Refused(kind, ClassicalData.Features("one", 6), [0, 1]).ShouldContain("6 images and 2 labels");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fit_NegativeLabel_IsRefused(ClassicalKind kind) =>
        Refused(kind, ClassicalData.Features("one", 2), [0, -1]).ShouldContain("a label is -1");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fit_OneRowAClass_AnswersItself(ClassicalKind kind)
    {
        var x = ClassicalData.Rows([0, 0, 5], [0, 5, 0], [5, 0, 0]);
        var head = ClassicalHead.Fit(new ClassicalSettings { Kind = kind, Neighbours = 1, C = 10 }, x, [7, 1, 4]);
        head.Classes.ShouldBe([1, 4, 7]);
        head.Predict(x).ShouldBe([7, 1, 4]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fit_ConstantFeatures_GivesFiniteScores(ClassicalKind kind)
    {
        var x = ClassicalData.Rows([3, 7], [3, 7], [3, 7], [3, 7]);
        ClassicalHead.Fit(new ClassicalSettings { Kind = kind, Neighbours = 2 }, x, [0, 0, 1, 1]).Decide(x).SelectMany(s => s)
            .ShouldAllBe(s => double.IsFinite(s));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fit_DuplicatesWithOppositeLabels_GivesFiniteScores(ClassicalKind kind)
    {
        var x = ClassicalData.Rows([1, 2], [1, 2], [4, 0], [4, 0]);
        ClassicalHead.Fit(new ClassicalSettings { Kind = kind, Neighbours = 2, C = 1e6 }, x, [0, 1, 0, 1]).Probabilities(x)
            .SelectMany(s => s).ShouldAllBe(p => p >= 0 && p <= 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decide_OtherNumberOfFeatures_IsRefused(ClassicalKind kind)
    {
        var head = ClassicalHead.Fit(new ClassicalSettings { Kind = kind }, ClassicalData.Features("one", 9), ClassicalData.Labels(9));
        Should.Throw<CaptionTLException>(() => head.Decide(ClassicalData.Features("one", 9, 5))).Message.ShouldContain("5 features, the "
            + "model was trained on 6");
        head.Decide(new FeatureMatrix([], 0, 6)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(KindsWithC))]
    public void Fit_COutOfRange_IsRefused(ClassicalKind kind)
    {
        foreach (var c in (double[])[0, -1, double.NaN, double.PositiveInfinity])
            Should.Throw<CaptionTLException>(() => ClassicalHead.Fit(new ClassicalSettings { Kind = kind, C = c },
                ClassicalData.Features("one", 9), ClassicalData.Labels(9)))
                .Message.ShouldContain("C is");
    }

    [Fact]
    public void Fit_GammaOutOfRange_IsRefused()
    {
        foreach (var gamma in (double[])[0, -1, double.NaN, double.PositiveInfinity])
            Should.Throw<CaptionTLException>(() => KernelSvm.Fit(ClassicalData.Features("one", 9), ClassicalData.Labels(9),
                gamma: gamma)).Message.ShouldContain("gamma is");
    }

    [Theory]
    [MemberData(nameof(KindsWithC))]
    public void Fit_Cancelled_Stops(ClassicalKind kind)
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => ClassicalHead.Fit(new ClassicalSettings { Kind = kind },
            ClassicalData.Features("one", 9), ClassicalData.Labels(9), source.Token));
    }

    private static string Refused(ClassicalKind kind, FeatureMatrix features, int[] labels) =>
        Should.Throw<CaptionTLException>(() => ClassicalHead.Fit(new ClassicalSettings { Kind = kind, Neighbours = 1 }, features,
            labels)).Message;
}
