using System.Text.Json;
using CaptionTL.Classes;
using CaptionTL.IO;

namespace CaptionTL.Tests.Classes;

/// <summary>Every entry of goldens/classical.json: scikit-learn's coefficients, decisions and answers.</summary>
public sealed class ClassicalGoldensTests : IDisposable
{
    private static readonly string[] Known =
    [
        "salt", "source", "data", "svm_linear_binary(C=1), classes 0 and 1 only", "svm_rbf_binary(C=2,gamma=0.5), classes 0 and 1 only",
        "svm_rbf_3class_one_vs_one(C=2,gamma=0.5)", "logistic_multinomial(C=1, penalty 0.5*|w|^2, intercept unpenalised)",
            "knn(5, euclidean)",
    ];

    private readonly JsonDocument _golden = Goldens.Json("classical.json");
    private readonly FeatureMatrix _x, _queries, _twoX;
    private readonly int[] _y = ClassicalData.Labels(90), _twoY;

    public ClassicalGoldensTests()
    {
        var salt = _golden.RootElement.GetProperty("salt").GetString()!;
        (_x, _queries) = (ClassicalData.Features(salt + "X", 90), ClassicalData.Features(salt + "Q", 12));
        int[] two = [.. Enumerable.Range(0, 90).Where(i => _y[i] < 2)];
        (_twoX, _twoY) = (_x.Select(two), [.. two.Select(i => _y[i])]);
    }

    public void Dispose() => _golden.Dispose();

    [Fact]
    public void Goldens_EveryEntry_IsTestedHere() => _golden.RootElement.EnumerateObject().Select(p => p.Name)
        .ShouldBe(Known, ignoreOrder: true);

    [Fact]
    public void LinearSvm_TwoClasses_IsScikitLearns()
    {
        var expected = _golden.RootElement.GetProperty(Known[3]);

        var model = LinearSvm.Fit(_twoX, _twoY, c: 1);

        model.Converged.ShouldBeTrue();
        model.Weights.ToArray().ShouldBeNear(expected.GetProperty("coef").Doubles(), 1e-4);
        model.Intercepts[0].ShouldBe(expected.GetProperty("intercept").GetDouble(), 1e-4);
        model.Decide(_queries).Select(s => s[1]).ShouldBeNear(expected.GetProperty("decision_on_Q").Doubles(), 1e-4);
    }

    [Fact]
    public void KernelSvm_LinearKernel_HasScikitLearnsSupportVectors()
    {
        var expected = _golden.RootElement.GetProperty(Known[3]);

        var model = KernelSvm.Fit(_twoX, _twoY, SvmKernel.Linear, c: 1);

        model.SupportVectors.Rows.ShouldBe(expected.GetProperty("support_count").GetInt32());
        model.Decide(_queries).Select(s => s[1]).ShouldBeNear(expected.GetProperty("decision_on_Q").Doubles(), 1e-4);
    }

    [Fact]
    public void KernelSvm_RbfTwoClasses_IsScikitLearns()
    {
        var expected = _golden.RootElement.GetProperty(Known[4]);

        var model = KernelSvm.Fit(_twoX, _twoY, SvmKernel.Rbf, c: 2, gamma: 0.5);

        model.SupportVectors.Rows.ShouldBe(expected.GetProperty("support_count").GetInt32());
        model.Decide(_queries).Select(s => s[1]).ShouldBeNear(expected.GetProperty("decision_on_Q").Doubles(), 1e-4);
    }

    [Fact]
    public void KernelSvm_RbfThreeClasses_AnswersAsScikitLearn()
    {
        var expected = _golden.RootElement.GetProperty(Known[5]);

        var model = KernelSvm.Fit(_x, _y, SvmKernel.Rbf, c: 2, gamma: 0.5);

        model.Predict(_queries).ShouldBe(expected.GetProperty("predict_on_Q").Integers());
        model.Accuracy(_x, _y).ShouldBe(expected.GetProperty("train_accuracy").GetDouble(), 1e-12);
    }

    [Fact]
    public void LogisticRegression_ThreeClasses_IsScikitLearns()
    {
        var expected = _golden.RootElement.GetProperty(Known[6]);

        var model = LogisticRegression.Fit(_x, _y, c: 1);

        model.Converged.ShouldBeTrue();
        model.Weights.ToArray().ShouldBeNear([.. expected.GetProperty("coef").EnumerateArray().SelectMany(r => r.Doubles())], 1e-4);
        model.Intercepts.ToArray().ShouldBeNear(expected.GetProperty("intercept").Doubles(), 1e-4);
        model.Probabilities(_queries).SelectMany(p => p)
            .ShouldBeNear([.. expected.GetProperty("proba_on_Q").EnumerateArray().SelectMany(r => r.Doubles())], 1e-4);
    }

    [Fact]
    public void NearestNeighbours_FiveEuclidean_AnswersAsScikitLearn() =>
        NearestNeighbours.Fit(_x, _y, 5).Predict(_queries).ShouldBe(_golden.RootElement.GetProperty(Known[7]).GetProperty("predict_on_Q")
            .Integers());
}
