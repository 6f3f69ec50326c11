using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Tests.Captions;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Runtime;

/// <summary>The choice of a device; where things are made is tried with libtorch's device without memory.</summary>
[Collection(nameof(TorchCollection))]
public sealed class ComputeDeviceTests : IDisposable
{
    public void Dispose() => set_default_device(CPU);

    [Fact]
    public void Use_Auto_TakesCudaWhereItIs()
    {
        ComputeDevice.Use(ComputeDevice.Auto);

        ComputeDevice.Current.ShouldBe(cuda.is_available() ? "cuda" : "cpu");
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("")]
    public void Use_NoDevice_SaysWhichThereAre(string name) =>
        Should.Throw<CaptionTLException>(() => ComputeDevice.Use(name)).Message.ShouldContain("must be auto, cpu, cuda, cuda:0 (or "
            + "another number) or mps");

    [Theory]
    [InlineData("cuda:1000")]
    [InlineData("mps")]
    public void Use_DeviceThatIsNotThere_SaysSoAndChangesNothing(string name)
    {
        Assert.SkipWhen(name == "mps" && mps_is_available(), "needs a machine without Metal");

        var failure = Should.Throw<CaptionTLException>(() => ComputeDevice.Use(name));

        failure.Message.ShouldContain($"'{name}' is not there");
        failure.Message.ShouldContain("doctor");
        ComputeDevice.Current.ShouldBe("cpu");
    }

    [Fact]
    public void Networks_OnAnotherDevice_AreMadeThere()
    {
        using var scope = NewDisposeScope();
        set_default_device(META);

        using var decoder = ComputeDevice.Place(CaptionSearchTests.Decoder());
        using var dense = ComputeDevice.Place(new DenseHead(new DenseHeadPlan { Hidden = [8] }, 6, 4, 3));
        using var backbone = ComputeDevice.Place(BackboneRegistry.Find("resnet18").Build(new BackboneOptions()));

        foreach (var network in (nn.Module[])[decoder, dense, backbone])
            network.state_dict().Values.ShouldAllBe(t => t.device_type == DeviceType.META);
    }

    [Fact]
    public void Batches_OnAnotherDevice_AreMadeThere()
    {
        using var scope = NewDisposeScope();
        set_default_device(META);

        using var words = CaptionBatch.Create([new(0, [[7, 8], [9]]), new(1, [[5, 6, 7]])], wordDropout: 0, new Random(1));
        var pixels = new PixelTensors(BackboneRegistry.FindWeights("resnet18").Preprocessing with { Width = 2, Height = 2 });
        var images = pixels.Of([new RgbImage(2, 2, new byte[12])]);
        var embeddings = EmbeddingBatch.Gather(new OneImage(), [(0, 0)]);

        foreach (var tensor in (Tensor[])[words.Words, words.Positions, words.Targets, images, embeddings])
            tensor.device_type.ShouldBe(DeviceType.META);
    }

    private sealed class OneImage : IImageEmbeddings
    {
        public int Images => 1;

        public int Views => 1;

        public int Cells => 4;

        public int Channels => 6;

        public void CopyTo(IReadOnlyList<(int Image, int View)> rows, Span<Half> destination) => destination.Fill(Half.One);
    }
}
