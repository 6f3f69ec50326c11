using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests.NN;

public class InitTests
{
    [Fact]
    public void Linear_Default_IsUniformWithinOneOverRootOfInputs()
    {
        using var layer = nn.Linear(400, 300);
        ShouldBeUniform(layer.weight.Floats(), 1 / Math.Sqrt(400));
        ShouldBeUniform(layer.bias!.Floats(), 1 / Math.Sqrt(400), 0.1);
    }

    [Fact]
    public void Conv2d_Default_CountsTheKernelIntoTheInputs()
    {
        using var layer = nn.Conv2d(32, 64, 3, groups: 2);
        ShouldBeUniform(layer.weight.Floats(), 1 / Math.Sqrt(16 * 9));
    }

    [Fact]
    public void LSTM_Default_IsUniformWithinOneOverRootOfHidden()
    {
        using var layer = nn.LSTM(20, 100);
        foreach (var parameter in layer.parameters()) ShouldBeUniform(parameter.Floats(), 0.1, 0.1);
    }

    [Fact]
    public void Embedding_Default_IsStandardNormalWithZerosForPadding()
    {
        using var layer = nn.Embedding(200, 100, padding_idx: -1);
        var values = layer.weight!.Floats();
        values[^100..].ShouldAllBe(v => v == 0);
        Deviation(values[..^100]).ShouldBe(1, 0.05);
    }

    [Fact]
    public void Xavier_UniformAndNormal_HaveTheFansDeviation()
    {
        using var weight = empty(200, 300);
        nn.init.xavier_uniform_(weight, gain: 2);
        ShouldBeUniform(weight.Floats(), 2 * Math.Sqrt(6.0 / 500));
        nn.init.xavier_normal_(weight);
        Deviation(weight.Floats()).ShouldBe(Math.Sqrt(2.0 / 500), 0.002);
    }

    [Fact]
    public void KaimingNormal_FanOutRelu_HasItsDeviation()
    {
        using var weight = empty(64, 32, 3, 3);
        nn.init.kaiming_normal_(weight, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU);
        Deviation(weight.Floats()).ShouldBe(Math.Sqrt(2.0 / (64 * 9)), 0.002);
    }

    [Fact]
    public void TruncNormal_TwoDeviations_StaysInsideWithItsDeviation()
    {
        using var weight = empty(20000);
        nn.init.trunc_normal_(weight, std: 0.02, a: -0.04, b: 0.04);
        weight.Floats().ShouldAllBe(v => Math.Abs(v) <= 0.04f);
        Deviation(weight.Floats()).ShouldBe(0.0176, 0.0006); // √(1 − 2·2φ(2) / (2Φ(2) − 1)) of 0.02
    }

    [Theory]
    [InlineData(4, 6)]
    [InlineData(6, 4)]
    public void Orthogonal_Matrix_TimesItsTransposeIsTheIdentity(long rows, long columns)
    {
        using var scope = NewDisposeScope();
        var weight = nn.init.orthogonal_(empty(rows, columns));
        var product = rows <= columns ? weight.matmul(weight.t()) : weight.t().matmul(weight);
        product.Floats().ShouldMatch(eye(4).Floats(), 1e-5);
    }

    [Fact]
    public void Eye_ConstantOnesZeros_FillInPlaceAndLeaveNoGraph()
    {
        using var scope = NewDisposeScope();
        var weight = nn.Parameter(empty(2, 3));
        nn.init.eye_(weight).Floats().ShouldBe([1, 0, 0, 0, 1, 0]);
        nn.init.constant_(weight, 0.5).Floats().ShouldAllBe(v => v == 0.5f);
        nn.init.ones_(weight).Floats().ShouldAllBe(v => v == 1);
        nn.init.zeros_(weight).Floats().ShouldAllBe(v => v == 0);
        weight.is_leaf.ShouldBeTrue();
        nn.init.calculate_gain(nn.init.NonlinearityType.Tanh).ShouldBe(5.0 / 3);
        Should.Throw<ArgumentException>(() => nn.init.xavier_normal_(zeros(3))).Message.ShouldContain("fewer than 2 dimensions");
    }

    // Within the bound, filling it, with the deviation bound / √3.
    private static void ShouldBeUniform(float[] values, double bound, double tolerance = 0.02)
    {
        values.ShouldAllBe(v => Math.Abs(v) <= bound * 1.0001);
        ((double)values.Max()).ShouldBeGreaterThan(bound * (1 - 2 * tolerance));
        (Deviation(values) * Math.Sqrt(3) / bound).ShouldBe(1, tolerance);
    }

    private static double Deviation(float[] values)
    {
        var mean = values.Average(v => (double)v);
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }
}
