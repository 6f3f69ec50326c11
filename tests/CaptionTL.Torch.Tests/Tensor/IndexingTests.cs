using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests;

public class IndexingTests
{
    private static long[] Values(Tensor t) => t.to(int64).contiguous().data<long>().ToArray();

    [Fact]
    public void Index_NumbersSlicesAndEllipsis_AreViewsAsInPython()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).reshape(2, 3, 4);
        x[1, 2, 3].ToInt64().ShouldBe(23);
        x[-1].shape.ShouldBe([3L, 4]);
        Values(x[0, 1]).ShouldBe([4L, 5, 6, 7]);
        Values(x[TensorIndex.Ellipsis, 0]).ShouldBe([0L, 4, 8, 12, 16, 20]);
        Values(x[0, .., 1..3]).ShouldBe([1L, 2, 5, 6, 9, 10]);
        Values(x[0, ^1, ^2..]).ShouldBe([10L, 11]);
        Values(x[0, 0, TensorIndex.Slice(0, null, 2)]).ShouldBe([0L, 2]);
        x[TensorIndex.None, 0, TensorIndex.Null].shape.ShouldBe([1L, 1, 3, 4]);
        x[0, 0].fill_(-1);
        x[0, 0, 2].ToInt64().ShouldBe(-1);
    }

    [Fact]
    public void Index_Tensors_PickPositionsAndMasks()
    {
        using var scope = NewDisposeScope();
        var x = arange(12).reshape(3, 4);
        Values(x[tensor(new[] { 2L, 0 })]).ShouldBe([8L, 9, 10, 11, 0, 1, 2, 3]);
        Values(x[tensor(new[] { 0L, 2 }), tensor(new[] { 1L, 3 })]).ShouldBe([1L, 11]);
        Values(x[TensorIndex.Colon, TensorIndex.Tensor(tensor(new[] { 3L }))]).ShouldBe([3L, 7, 11]);
        Values(x[x > 8]).ShouldBe([9L, 10, 11]);
        Values(arange(24).reshape(2, 3, 4)[TensorIndex.Tensor(ones(2, 3, ScalarType.Bool)), TensorIndex.Slice(3, null)]).ShouldBe([3L, 7, 11, 15, 19, 23]);
    }

    [Fact]
    public void Index_Assignment_WritesThroughViewsAndPositions()
    {
        using var scope = NewDisposeScope();
        var x = zeros(3, 4, ScalarType.Int64);
        x[0] = ones(4, ScalarType.Int64);
        x[1, 2] = 7;
        x[.., 3] = tensor(new[] { 4L, 5, 6 });
        x[tensor(new[] { 2L }), tensor(new[] { 0L })] = tensor(9L);
        Values(x).ShouldBe([1L, 1, 1, 4, 0, 0, 7, 5, 9, 0, 0, 6]);
        x.index_put_(tensor(1L), [TensorIndex.Tensor(tensor(new[] { 1L, 1 })), 0], accumulate: true);
        x[1, 0].ToInt64().ShouldBe(2);
        x[x > 5] = -1;
        x.max().ToInt64().ShouldBe(5);
    }

    [Fact]
    public void Index_OutOfRange_IsLibtorchsError()
    {
        using var scope = NewDisposeScope();
        var x = zeros(3, 4);
        Should.Throw<ExternalException>(() => x[3]).Message.ShouldBe("select(): index 3 out of range for tensor of size [3, 4] at dimension 0");
        Should.Throw<ExternalException>(() => x[0, 0, 0]);
        Should.Throw<ExternalException>(() => x[tensor(new[] { 5L })]).Message.ShouldContain("out of bounds");
    }
}
