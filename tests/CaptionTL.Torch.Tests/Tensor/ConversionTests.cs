using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests;

public class ConversionTests
{
    [Theory]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void To_TypeAndBack_KeepsSmallIntegers(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var x = arange(8, ScalarType.Float32);
        var y = x.to(type);
        y.dtype.ShouldBe(type);
        y.element_size().ShouldBe(type.ElementSize());
        y.to(float32).Equals(x).ShouldBeTrue();
    }

    [Fact]
    public void To_SameType_SharesMemoryUnlessCopied()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2);
        x.to(float32).fill_(3);
        x[0].ToSingle().ShouldBe(3);
        x.to(float32, copy: true).fill_(4);
        x[0].ToSingle().ShouldBe(3);
        var other = ones(2);
        other.to(float64, disposeAfter: true).dtype.ShouldBe(ScalarType.Float64);
        other.IsInvalid.ShouldBeTrue();
    }

    [Fact]
    public void ChannelsLast_ByFormatAndByStrides_AreTheSame()
    {
        using var scope = NewDisposeScope();
        var x = rand(2, 3, 4, 5);
        var last = x.contiguous(memory_format.channels_last);
        last.stride().ShouldBe([60L, 1, 15, 3]);
        last.is_contiguous(memory_format.channels_last).ShouldBeTrue();
        last.is_contiguous().ShouldBeFalse();
        x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).is_contiguous(memory_format.channels_last).ShouldBeTrue();
        last.Equals(x).ShouldBeTrue();
        last.contiguous().is_contiguous().ShouldBeTrue();
    }

    [Fact]
    public void Device_Descriptions_AreReadAndRefused()
    {
        new Device("cuda:1").index.ShouldBe(1);
        new Device("cuda:1").ToString().ShouldBe("cuda:1");
        ((Device)"cpu").type.ShouldBe(DeviceType.CPU);
        Should.Throw<ArgumentException>(() => new Device("gpu")).Message.ShouldContain("write cpu or cuda");
        Should.Throw<ArgumentException>(() => new Device("cuda:x"));
    }

    [Fact]
    public void Cuda_WhereThereIsNone_IsRefusedWithAReason()
    {
        Assert.SkipWhen(cuda.is_available(), "this machine has a CUDA device");
        cuda.device_count().ShouldBe(0);
        using var x = ones(2);
        Should.Throw<InvalidOperationException>(() => x.cuda()).Message.ShouldContain("CUDA is not available");
        Should.Throw<InvalidOperationException>(() => zeros(2, device: new Device("cuda")));
    }

    [Fact]
    public void Cuda_WhereThereIsOne_MovesAndComputes()
    {
        Assert.SkipUnless(cuda.is_available(), "needs a CUDA device and a libtorch built for it");
        using var scope = NewDisposeScope();
        var x = rand(4, 4);
        x.cuda().matmul(x.cuda()).cpu().allclose(x.matmul(x), 1e-3, 1e-4).ShouldBeTrue();
        cuda.synchronize();
    }

    [Fact]
    public void Meta_Tensors_HaveShapesOnly()
    {
        using var scope = NewDisposeScope();
        zeros(2, 3, device: META).matmul(zeros(3, 4, device: META)).shape.ShouldBe([2L, 4]);
    }

    [Fact]
    public void Scalar_Conversions_KeepTheirValue()
    {
        ((Scalar)3).Type.ShouldBe(ScalarType.Int32);
        ((Scalar)3).ToDouble().ShouldBe(3);
        ((Scalar)2.75f).ToInt64().ShouldBe(2);
        ((Scalar)true).ToBoolean().ShouldBeTrue();
        using var x = full([], 2.5f);
        ((float)x, (double)x, (int)x).ShouldBe((2.5f, 2.5, 2));
        new BFloat16(3.14159f).ToSingle().ShouldBe(3.140625f);
        float.IsNaN(new BFloat16(float.NaN).ToSingle()).ShouldBeTrue();
    }
}
