using CaptionTL.Backbones;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>From a file to a backbone of the shape that is asked for.</summary>
[Collection(nameof(TorchCollection))]
public sealed class PretrainedEncoderTests : IDisposable
{
    private const string Architecture = "squeezenet1_1";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadBackbone_AsPublished_GivesTheSameScores()
    {
        using var scope = NewDisposeScope();
        using var saved = Saved(Architecture, new BackboneOptions { Classes = 12 });
        using var loaded = Load(Architecture);

        loaded.Options.Classes.ShouldBe(12);
        SameTensors(saved, loaded, _ => true);
    }

    [Fact]
    public void LoadBackbone_OtherClasses_OnlyTheLastLayerIsNew()
    {
        using var scope = NewDisposeScope();
        using var saved = Saved(Architecture, new BackboneOptions { Classes = 12 });
        using var loaded = Load(Architecture, new BackboneOptions { Classes = 3 });

        SameTensors(saved, loaded, name => !name.StartsWith("classifier.1.", StringComparison.Ordinal));
        loaded.state_dict()["classifier.1.weight"].shape[0].ShouldBe(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void LoadBackbone_OtherChannels_GreyImagesGiveTheSameAnswer(int channels)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var saved = Saved(Architecture, new BackboneOptions { Classes = 12 });
        using var loaded = Load(Architecture, new BackboneOptions { Classes = 12, InputChannels = channels });
        var grey = tensor(Goldens.Uniform("grey", 64 * 64), [1, 1, 64, 64]);

        saved.eval();
        loaded.eval();
        var expected = saved.call(grey.expand(1, 3, 64, 64));
        var actual = loaded.call(grey.expand(1, channels, 64, 64));

        actual.allclose(expected, 1e-4, 1e-5).ShouldBeTrue("all channels alike are a grey image, whatever their number");
    }

    [Fact]
    public void LoadBackbone_WithoutTop_NeedsNoClassifierInTheFile()
    {
        using var scope = NewDisposeScope();
        using var saved = Saved(Architecture, new BackboneOptions { IncludeTop = false });

        using var loaded = Load(Architecture, new BackboneOptions { IncludeTop = false });

        SameTensors(saved, loaded, _ => true);
        Should.Throw<WeightFileException>(() => Load(Architecture)).Message.ShouldContain("classifier.1.weight is missing");
    }

    [Fact]
    public void LoadBackbone_UpToACut_ComputesNothingAboveIt()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var saved = Saved(Architecture, new BackboneOptions { Classes = 12 });
        var (cut, next) = (saved.Blocks[2].Name, saved.Blocks[3].Name);
        using var file = SafetensorsFile.Open(FilePath);
        using var loaded = PretrainedEncoder.LoadBackbone(Architecture, file, FilePath, cut);
        using var pixels = zeros(1, 3, 64, 64);
        saved.eval();
        loaded.eval();

        loaded.ForwardTo(pixels, cut).allclose(saved.ForwardTo(pixels, cut)).ShouldBeTrue();
        LayerFeatures.Extract(loaded, pixels, cut).Keys.ShouldBe([cut]);
        Should.Throw<CaptionTLException>(() => loaded.ForwardTo(pixels, next)).Message.ShouldContain($"'{next}' has no weights");
        Should.Throw<CaptionTLException>(() => loaded.call(pixels)).Message.ShouldContain($"up to '{cut}'");
        Should.Throw<CaptionTLException>(() => LayerFeatures.Extract(loaded, pixels, next)).Message.ShouldContain("has no weights");
        using var withTop = PretrainedEncoder.LoadBackbone(Architecture, file, FilePath, cut, new BackboneOptions { Classes = 12 });
        Should.Throw<CaptionTLException>(() => withTop.Top(pixels)).Message.ShouldContain("its top has no weights");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LoadBackbone_AuxiliaryHead_IsBuiltWhereTheFileHasOne(bool there)
    {
        using var scope = NewDisposeScope();
        using var saved = Saved("inception_v3", new BackboneOptions { Classes = 4, AuxiliaryHead = there });

        using var loaded = Load("inception_v3");

        loaded.state_dict().Keys.Any(n => n.StartsWith("AuxLogits.", StringComparison.Ordinal)).ShouldBe(there);
        SameTensors(saved, loaded, _ => true);
    }

    private Backbone Saved(string architecture, BackboneOptions options)
    {
        var backbone = BackboneRegistry.Find(architecture).Build(options);
        SafetensorsWriter.Write(FilePath, [.. backbone.state_dict().Select(p => StateDict.Entry(p.Key, p.Value))]);
        return backbone;
    }

    private Backbone Load(string architecture, BackboneOptions? options = null)
    {
        using var file = SafetensorsFile.Open(FilePath);
        return PretrainedEncoder.LoadBackbone(architecture, file, FilePath, options: options);
    }

    private string FilePath => _folder.File("model.safetensors");

    private static void SameTensors(Backbone expected, Backbone actual, Func<string, bool> which)
    {
        var (left, right) = (expected.state_dict(), actual.state_dict());
        right.Keys.Order(StringComparer.Ordinal).ShouldBe(left.Keys.Order(StringComparer.Ordinal));
        foreach (var name in left.Keys.Where(which)) left[name].equal(right[name]).all().item<bool>().ShouldBeTrue(name);
    }
}
