using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests;

public class FactoryTests
{
    [Fact]
    public void Tensor_FromArrays_HasTheirShapeTypeAndValues()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[,,] { { { 1, 2 } }, { { 3, 4 } }, { { 5, 6 } } });
        (x.dtype, x.shape.Length).ShouldBe((ScalarType.Int32, 3));
        x.shape.ShouldBe([3L, 1, 2]);
        x.data<int>().ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        tensor(new[] { true, false }).dtype.ShouldBe(ScalarType.Bool);
        tensor(new[] { (Half)1.5f }).data<Half>()[0].ShouldBe((Half)1.5f);
        tensor(new[] { new BFloat16(1.0078125f) }).to(float32).ToSingle().ShouldBe(1.0078125f);
        tensor(new List<byte> { 1, 2, 3, 4 }, 2, 2).shape.ShouldBe([2L, 2]);
        tensor(new[] { 1f, 2, 3, 4 }, [4, 1]).shape.ShouldBe([4L, 1]);
        tensor(new[] { 1L, 2 }, dtype: float32, requires_grad: true).requires_grad.ShouldBeTrue();
        tensor(2.5).dtype.ShouldBe(ScalarType.Float64);
        tensor(2.5f).ndim.ShouldBe(0);
        ((Tensor)3).dtype.ShouldBe(ScalarType.Int32);
        from_array(new[] { new System.Numerics.Complex(1, 2) }).imag.ToDouble().ShouldBe(2);
    }

    [Fact]
    public void Tensor_FromAnArray_IsACopy()
    {
        using var scope = NewDisposeScope();
        var source = new[] { 1f, 2f };
        var x = tensor(source);
        source[0] = 9;
        x[0].ToSingle().ShouldBe(1);
        Should.Throw<ArgumentException>(() => tensor(new[] { 1f, 2f }, [3])).Message.ShouldBe("mismatched total size creating a tensor from an array: 3 vs. 2");
    }

    [Fact]
    public void Sized_AllForms_HaveTheDefaultType()
    {
        using var scope = NewDisposeScope();
        zeros(2, 3).dtype.ShouldBe(ScalarType.Float32);
        ones(new long[] { 2, 2 }, ScalarType.Int64).sum().ToInt64().ShouldBe(4);
        full(2, 2, 2, 1.5).sum().ToSingle().ShouldBe(12);
        empty([0, 3]).numel().ShouldBe(0);
        arange(3).dtype.ShouldBe(ScalarType.Int64);
        arange(0.5, 2).dtype.ShouldBe(ScalarType.Float32);
        zeros_like(ones(2, 3, ScalarType.Float64)).dtype.ShouldBe(ScalarType.Float64);
        ones(2).new_zeros(3, 4).shape.ShouldBe([3L, 4]);
        randperm(5).sum().ToInt64().ShouldBe(10);
        randint(3, 5, [100]).unique().Item1.data<long>().ToArray().ShouldBe([3L, 4]);
        Should.Throw<NotSupportedException>(() => zeros(2, names: ["x"]));
    }

    [Fact]
    public void Data_AccessorsOfViews_FollowTheStrides()
    {
        using var scope = NewDisposeScope();
        var x = arange(6, ScalarType.Float32).reshape(2, 3);
        var turned = x.t();
        turned.data<float>().ToArray().ShouldBe([0f, 3, 1, 4, 2, 5]);
        turned.data<float>()[2, 1].ShouldBe(5);
        turned.data<float>()[1] = 30;
        x[1, 0].ToSingle().ShouldBe(30);
        ((float[,])turned.data<float>().ToNDArray())[2, 0].ShouldBe(2);
        turned.data<float>().CopyFrom([7f, 8f], 0, 4);
        x.data<float>().ToArray().ShouldBe([0f, 1, 7, 30, 4, 8]);
        Should.Throw<ArgumentException>(() => x.data<double>()).Message.ShouldBe("Double is not compatible with Float32");
        Should.Throw<IndexOutOfRangeException>(() => x.data<float>()[6]);
        Should.Throw<InvalidOperationException>(() => turned.bytes.Length).Message.ShouldContain("non-contiguous");
    }

    [Fact]
    public void Bytes_StreamsAndItems_RoundTrip()
    {
        using var scope = NewDisposeScope();
        var x = rand(3, 5);
        using var stream = new MemoryStream();
        x.WriteBytesToStream(stream);
        stream.Length.ShouldBe(60);
        stream.Position = 0;
        var y = zeros(3, 5);
        y.ReadBytesFromStream(stream);
        y.Equals(x).ShouldBeTrue();
        Should.Throw<EndOfStreamException>(() => y.ReadBytesFromStream(stream));
        y.bytes = new byte[60];
        y.count_nonzero().ToInt64().ShouldBe(0);
        tensor(new[] { 4.25 }).item<double>().ShouldBe(4.25);
        Should.Throw<ArgumentException>(() => x.item<float>());
    }
}
