using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests;

/// <summary>Autograd against central differences, in double precision.</summary>
public class GradientTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["add"] = x => x + 2 * x,
        ["sub"] = x => 1.5 - x,
        ["mul"] = x => x * x.flip(0),
        ["div"] = x => 2 / (x + 3) + x / x.t().reshape(3, 4).cosh(),
        ["pow"] = x => (x + 2).pow(3) + (x + 2).pow(x),
        ["exp"] = x => x.exp(),
        ["log"] = x => (x + 2).log() + (x + 2).log2() + (x + 2).log1p(),
        ["sqrt"] = x => (x + 2).sqrt() + (x + 2).rsqrt(),
        ["abs"] = x => x.abs(),
        ["trigonometry"] = x => x.sin() * x.cos() + x.tan() + x.atan(),
        ["erf"] = x => x.erf(),
        ["clamp"] = x => x.clamp(-0.3, 0.4),
        ["maximum"] = x => x.maximum(x.flip(1)),
        ["max"] = x => x.max(1).values,
        ["topk"] = x => x.topk(2).values,
        ["sort"] = x => x.sort(1).Values,
        ["sum"] = x => x.sum(dim: 0) * x.sum(1, keepdim: true),
        ["mean"] = x => x.mean([1], keepdim: true) * x,
        ["var"] = x => x.var(1) + x.std(1, unbiased: false),
        ["norm"] = x => x.norm() + x.norm(1, false, 2),
        ["prod"] = x => x.prod(1),
        ["cumsum"] = x => x.cumsum(1).cumprod(0),
        ["logsumexp"] = x => x.logsumexp(1),
        ["softmax"] = x => x.softmax(1) * x,
        ["log_softmax"] = x => x.log_softmax(0) * x,
        ["sigmoid"] = x => x.sigmoid() * x.tanh(),
        ["relu"] = x => x.relu() + x.leaky_relu(0.1) + x.elu() + x.celu() + x.selu(),
        ["gelu"] = x => x.gelu() + x.silu() + x.softplus(),
        ["hardswish"] = x => x.hardswish() + x.hardsigmoid() + x.relu6() + x.hardtanh(-0.5, 0.5),
        ["matmul"] = x => x.matmul(x.t()),
        ["addmm"] = x => x.t().matmul(x).addmm(x.t(), x, 0.5f, 2f),
        ["bmm"] = x => x.unsqueeze(0).bmm(x.t().unsqueeze(0)).baddbmm(x.unsqueeze(0), x.t().unsqueeze(0)),
        ["einsum"] = x => einsum("ij,kj->ik", x, x.exp()),
        ["outer"] = x => x[0].outer(x[1]),
        ["cat"] = x => cat([x, x * 2], 1) * stack([x, x]).reshape(3, 8),
        ["split"] = x => x.split(2, 1)[1] * x.chunk(2, 1)[0],
        ["shapes"] = x => x.permute(1, 0).unsqueeze(0).expand(2, 4, 3).flatten(1).roll(1, 1).narrow(1, 2, 5) * 2,
        ["repeat"] = x => x.repeat(2, 1) * x.repeat_interleave(2, 0).flip(0),
        ["index"] = x => x[1, 2] * x[TensorIndex.Ellipsis, TensorIndex.Slice(1, 3)] + x[tensor(new[] { 0L, 2L, 2L })].sum(),
        ["gather"] = x => x.gather(1, tensor(new long[,] { { 0, 0 }, { 1, 3 }, { 2, 2 } })),
        ["scatter_add"] = x => x.scatter_add(1, tensor(new long[,] { { 0, 0 }, { 1, 3 }, { 2, 2 } }), x.narrow(1, 0, 2)),
        ["index_select"] = x => x.index_select(1, tensor(new[] { 3L, 0L, 3L })),
        ["masked_fill"] = x => x.masked_fill(x > 0.2, 7) * x.where(x < 0, x * 3),
        ["tril"] = x => x.tril() - x.triu(1) * x,
        ["cdist"] = x => cdist(x, x * 2 + 1),
        ["solve"] = x => linalg.solve(x.matmul(x.t()) + eye(3, dtype: ScalarType.Float64), x),
        ["cholesky"] = x => linalg.cholesky(x.matmul(x.t()) + eye(3, dtype: ScalarType.Float64)),
        ["eigh"] = x => linalg.eigvalsh(x.matmul(x.t())),
        ["svd"] = x => linalg.svdvals(x),
    };

    public static TheoryData<string> Names => new(Functions.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_AgainstCentralDifferences_Agrees(string name)
    {
        using var scope = NewDisposeScope();
        var f = Functions[name];
        // Values far enough from each other and from kinks (0, ±0.3, ±0.5) that a step of 1e-5 crosses none.
        var x = tensor(new[,] { { 0.11, -0.42, 0.73, 0.26 }, { -0.87, 0.61, -0.19, 0.95 }, { 0.34, -0.66, 0.52, -0.08 } }, requires_grad: true);
        var weights = (f(x).detach().cumsum(0) * 0).add_(arange(f(x).numel(), ScalarType.Float64).reshape(f(x).shape).sin_()) + 0.5;
        (f(x) * weights).sum().backward();
        using var off = no_grad();
        const double Step = 1e-5;
        for (var k = 0; k < 12; k++)
        {
            double At(double shift)
            {
                var moved = x.detach().clone();
                moved.view(-1)[k] += shift;
                return (f(moved) * weights).sum().ToDouble();
            }

            var numeric = (At(Step) - At(-Step)) / (2 * Step);
            x.grad!.view(-1)[k].ToDouble().ShouldBe(numeric, 1e-6 * Math.Max(1, Math.Abs(numeric)), $"{name}, element {k}");
        }
    }

    [Fact]
    public void Grad_SecondDerivative_OfACube()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 2.0 }, requires_grad: true);
        var first = autograd.grad([x.pow(3).sum()], [x], create_graph: true)[0];
        first.ToDouble().ShouldBe(12);
        autograd.grad([first.sum()], [x])[0].ToDouble().ShouldBe(12);
        x.grad.ShouldBeNull();
    }

    [Fact]
    public void Grad_UnusedInput_IsNullWhereAllowedAndAnErrorOtherwise()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (ones(2, requires_grad: true), ones(2, requires_grad: true));
        autograd.grad([x.sum()], [x, y], allow_unused: true)[1].ShouldBeNull();
        Should.Throw<System.Runtime.InteropServices.ExternalException>(() => autograd.grad([x.sum()], [y])).Message.ShouldContain("appears to not have been used in the graph");
    }
}
