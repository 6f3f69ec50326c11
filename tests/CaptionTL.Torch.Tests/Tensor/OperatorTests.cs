using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests;

public class OperatorTests
{
    private static readonly Tensor A = tensor(new[,] { { 1.0, -2.0, 3.0 }, { 0.5, 4.0, -6.0 } }).DetachFromDisposeScope();
    private static readonly Tensor B = tensor(new[,] { { 2.0, 2.0, -2.0 }, { 4.0, -0.5, 3.0 } }).DetachFromDisposeScope();

    private static readonly Dictionary<string, (Func<Tensor> compute, double[] expected)> Table = new()
    {
        ["a+b"] = (() => A + B, [3, 0, 1, 4.5, 3.5, -3]),
        ["a-b"] = (() => A - B, [-1, -4, 5, -3.5, 4.5, -9]),
        ["a*b"] = (() => A * B, [2, -4, -6, 2, -2, -18]),
        ["a/b"] = (() => A / B, [0.5, -1, -1.5, 0.125, -8, -2]),
        ["a%b"] = (() => A % B, [1, 0, -1, 0.5, -0.0, 0]),
        ["2-a"] = (() => 2 - A, [1, 4, -1, 1.5, -2, 8]),
        ["1/a"] = (() => 1.0 / A, [1, -0.5, 1 / 3.0, 2, 0.25, -1 / 6.0]),
        ["-a"] = (() => -A, [-1, 2, -3, -0.5, -4, 6]),
        ["add alpha"] = (() => A.add(B, 0.5), [2, -1, 2, 2.5, 3.75, -4.5]),
        ["div floor"] = (() => A.div(B, RoundingMode.floor), [0, -1, -2, 0, -8, -2]),
        ["div trunc"] = (() => A.div(B, RoundingMode.trunc), [0, -1, -1, 0, -8, -2]),
        ["pow"] = (() => A.pow(2), [1, 4, 9, 0.25, 16, 36]),
        ["clamp"] = (() => A.clamp(-1, 2), [1, -1, 2, 0.5, 2, -1]),
        ["maximum"] = (() => A.maximum(B), [2, 2, 3, 4, 4, 3]),
        ["sum 1"] = (() => A.sum(1), [2, -1.5]),
        ["mean"] = (() => A.mean(), [0.5 / 6]),
        ["std"] = (() => tensor(new[] { 1.0, 2, 3, 4 }).std(), [1.2909944487358056]),
        ["var biased"] = (() => tensor(new[] { 1.0, 2, 3, 4 }).var(false), [1.25]),
        ["prod 0"] = (() => A.prod(dim: 0), [0.5, -8, -18]),
        ["cumsum"] = (() => A.cumsum(1), [1, -1, 2, 0.5, 4.5, -1.5]),
        ["argmax"] = (() => A.argmax(1), [2, 1]),
        ["argmin"] = (() => A.argmin(), [5]),
        ["amax"] = (() => A.amax([0]), [1, 4, 3]),
        ["topk"] = (() => A.topk(2).indexes, [2, 0, 1, 0]),
        ["sort"] = (() => A.sort(1, descending: true).Values, [3, 1, -2, 4, 0.5, -6]),
        ["argsort"] = (() => A.argsort(1), [1, 0, 2, 2, 0, 1]),
        ["norm"] = (() => tensor(new[] { 3.0, 4.0 }).norm(), [5]),
        ["logsumexp"] = (() => zeros(1, 4, ScalarType.Float64).logsumexp(1), [Math.Log(4)]),
        ["softmax"] = (() => tensor(new[] { 0.0, Math.Log(3) }).softmax(0), [0.25, 0.75]),
        ["sigmoid"] = (() => tensor(new[] { 0.0, Math.Log(3) }).sigmoid(), [0.5, 0.75]),
        ["gelu"] = (() => tensor(new[] { 1.0 }).gelu(), [0.8413447460685429]),
        ["hardswish"] = (() => tensor(new[] { -4.0, -1, 1, 4 }).hardswish(), [0, -1 / 3.0, 2 / 3.0, 4]),
        ["matmul"] = (() => A.matmul(B.t()), [-8, 14, 21, -18]),
        ["addmm"] = (() => ones(2, 2, ScalarType.Float64).addmm(A, B.t(), 2, 1), [-6, 16, 23, -16]),
        ["einsum"] = (() => einsum("ij,ij->i", A, B), [-8, -18]),
        ["outer"] = (() => arange(1, 3).outer(arange(1, 4)), [1, 2, 3, 2, 4, 6]),
        ["cat"] = (() => cat([A, B], 1)[0], [1, -2, 3, 2, 2, -2]),
        ["stack"] = (() => stack([A, B])[1, 1], [4, -0.5, 3]),
        ["where"] = (() => where(A > 0, A, B), [1, 2, 3, 0.5, 4, 3]),
        ["masked_select"] = (() => A.masked_select(A < 0), [-2, -6]),
        ["gather"] = (() => A.gather(1, tensor(new long[,] { { 2 }, { 0 } })), [3, 0.5]),
        ["scatter_add_"] = (() => zeros(3, ScalarType.Float64).scatter_add_(0, tensor(new[] { 2L, 0, 2 }), tensor(new[] { 1.0, 2, 3 })), [2, 0, 4]),
        ["take_along_dim"] = (() => A.take_along_dim(A.argsort(1), 1), [-2, 1, 3, -6, 0.5, 4]),
        ["repeat_interleave"] = (() => arange(2).repeat_interleave(2), [0, 0, 1, 1]),
        ["roll"] = (() => arange(4).roll(1), [3, 0, 1, 2]),
        ["flip"] = (() => arange(3).flip(0), [2, 1, 0]),
        ["tril"] = (() => ones(2, 2).tril(), [1, 0, 1, 1]),
        ["one dimension of many"] = (() => A.permute(1, 0).reshape(-1), [1, 0.5, -2, 4, 3, -6]),
        ["expand"] = (() => tensor(new[] { 1.0, 2 }).unsqueeze(1).expand(-1, 2), [1, 1, 2, 2]),
        ["eq"] = (() => A.eq(4), [0, 0, 0, 0, 1, 0]),
        ["logic"] = (() => (A > 0) & ~(B > 0), [0, 0, 1, 0, 1, 0]),
        ["any all"] = (() => stack([(A > 3).any(), (A > -7).all(), (A > 0).all()]), [1, 1, 0]),
        ["isnan"] = (() => tensor(new[] { double.NaN, 1, double.PositiveInfinity }).isnan(), [1, 0, 0]),
        ["isfinite"] = (() => tensor(new[] { double.NaN, 1, double.PositiveInfinity }).isfinite(), [0, 1, 0]),
        ["nonzero"] = (() => tensor(new[] { 0, 5, 0, 7 }).nonzero(), [1, 3]),
        ["unique"] = (() => tensor(new[] { 3, 1, 3, 2 }).unique().Item1, [1, 2, 3]),
        ["bincount"] = (() => tensor(new[] { 0L, 2, 2 }).bincount(null, 4), [1, 0, 2, 0]),
        ["histc"] = (() => tensor(new[] { 1f, 2, 3, 4 }).histc(2, 1, 5), [2, 2]),
        ["round"] = (() => tensor(new[] { 2.5, -1.234 }).round(), [2, -1]),
        ["round 2"] = (() => tensor(new[] { -1.234 }).round(2), [-1.23]),
        ["floor ceil trunc"] = (() => stack([tensor(-1.5).floor(), tensor(-1.5).ceil(), tensor(-1.5).trunc()]), [-2, -1, -1]),
        ["cdist"] = (() => cdist(zeros(1, 2), tensor(new[,] { { 3f, 4f } })), [5]),
        ["solve"] = (() => linalg.solve(tensor(new[,] { { 2.0, 0 }, { 0, 4 } }), tensor(new[] { 2.0, 2 })), [1, 0.5]),
        ["cholesky"] = (() => linalg.cholesky(tensor(new[,] { { 4.0, 2 }, { 2, 2 } })), [2, 0, 1, 1]),
        ["eigh"] = (() => linalg.eigh(tensor(new[,] { { 2.0, 1 }, { 1, 2 } })).Item1, [1, 3]),
        ["meshgrid"] = (() => meshgrid([arange(2), arange(2)])[1], [0, 1, 0, 1]),
        ["linspace"] = (() => linspace(0, 1, 3), [0, 0.5, 1]),
        ["arange"] = (() => arange(1, 2, 0.5), [1, 1.5]),
        ["eye"] = (() => eye(2), [1, 0, 0, 1]),
        ["nan_to_num"] = (() => tensor(new[] { double.NaN, 2 }).nan_to_num(), [0, 2]),
        ["lerp"] = (() => tensor(0.0).lerp(tensor(10.0), tensor(0.3)), [3]),
        ["quantile"] = (() => arange(5, ScalarType.Float64).quantile(tensor(0.25)), [1]),
        ["searchsorted"] = (() => searchsorted(tensor(new[] { 1.0, 3, 5 }), tensor(new[] { 3.5 })), [2]),
    };

    public static TheoryData<string> Names => new(Table.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Operator_KnownInput_GivesKnownValues(string name)
    {
        using var scope = NewDisposeScope();
        var (compute, expected) = Table[name];
        var values = compute().to(ScalarType.Float64).flatten().contiguous().data<double>().ToArray();
        values.Length.ShouldBe(expected.Length);
        for (var k = 0; k < expected.Length; k++) values[k].ShouldBe(expected[k], 1e-6, $"{name}, element {k}");
    }

    [Fact]
    public void Results_OfReductionsWithTypes_HaveThatType()
    {
        using var scope = NewDisposeScope();
        ones(3, ScalarType.Int32).sum().dtype.ShouldBe(ScalarType.Int64);
        ones(3).mean([0], type: ScalarType.Float64).dtype.ShouldBe(ScalarType.Float64);
        ones(3, ScalarType.Float16).sum(ScalarType.Float32).dtype.ShouldBe(ScalarType.Float32);
        (ones(2, ScalarType.Int64) + ones(2, ScalarType.Float32)).dtype.ShouldBe(ScalarType.Float32);
    }

    [Fact]
    public void Equality_ByValueAndByElement()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (arange(3), arange(3));
        x.Equals(y).ShouldBeTrue();
        x.Equals(y + 1).ShouldBeFalse();
        (x == y).all().ToBoolean().ShouldBeTrue();
        allclose(x.to(float32) + 1, y.to(float32) + 1.000001f).ShouldBeTrue();
    }
}
