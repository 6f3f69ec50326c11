using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.IO;
using CaptionTL.Tests.Backbones;
using CaptionTL.Weights;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Weights;

[Collection(nameof(TorchCollection))]
public sealed class KerasWeightsTests : IDisposable
{
    /// <summary>Numbers of Inception v3's convolutions, in the order Keras makes them, as model.layers lists them.</summary>
    private static readonly int[] InceptionOrder =
    [
        0, 1, 2, 3, 4, 8, 6, 9, 5, 7, 10, 11, 15, 13, 16, 12, 14, 17, 18, 22, 20, 23, 19, 21, 24, 25, 27, 28, 26, 29, 34, 35, 31, 36, 32,
            37, 30, 33, 38, 39,
        44, 45, 41, 46, 42, 47, 40, 43, 48, 49, 54, 55, 51, 56, 52, 57, 50, 53, 58, 59, 64, 65, 61, 66, 62, 67, 60, 63, 68, 69, 72, 73,
            70, 74, 71, 75,
        80, 77, 81, 78, 79, 82, 83, 76, 84, 89, 86, 90, 87, 88, 91, 92, 85, 93,
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Architectures => ["vgg16", "vgg19", "resnet50", "inception_v3", "xception", "mobilenet_v1"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Normalize_NumberedClassesOfKerasThree_GivesEveryTensor(string architecture) =>
        Check(architecture, m => m.WriteVars(_folder, names: false));

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Normalize_NamedVariablesOfKerasThree_GivesEveryTensor(string architecture) =>
        Check(architecture, m => m.WriteVars(_folder, names: true));

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Normalize_LegacyFile_GivesEveryTensor(string architecture) => Check(architecture, m => m.WriteLegacy(_folder, ""));

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Normalize_WholeModelFile_GivesEveryTensor(string architecture) =>
        Check(architecture, m => m.WriteLegacy(_folder, "model_weights"));

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Normalize_FileWithoutTop_GivesTheRest(string architecture) =>
        Check(architecture, m => m.WriteLegacy(_folder, "", withTop: false), withTop: false);

    [Theory]
    [InlineData("vgg16_keras2")]
    [InlineData("vgg16_keras3")]
    public void Normalize_FileThatH5pyWrote_GivesEveryTensor(string name) => Check("vgg16", _ => Hdf5Files.Path(name));

    [Fact]
    public void Normalize_AnotherNetworksFile_IsRefused()
    {
        using var file = TensorFile.Open(Model("vgg16").WriteVars(_folder, names: false));
        Should.Throw<WeightFileException>(() => WeightNames.Normalize(file, "vgg19")).Reason.ShouldContain("another network");
        Should.Throw<WeightFileException>(() => WeightNames.Normalize(file, "keras_resnet50")).Reason.ShouldContain("another network");
        Should.Throw<WeightFileException>(() => WeightNames.Normalize(file, "resnet50")).Reason.ShouldContain("keras_resnet50, ");
        Should.Throw<WeightFileException>(() => WeightNames.Normalize(file, "densenet121")).Reason.ShouldContain("not for densenet121");
    }

    [Fact]
    public void Normalize_FileThatIsNotKerass_IsRefused()
    {
        using var file = TensorFile.Open(Hdf5Files.Path("types"));
        Should.Throw<WeightFileException>(() => WeightNames.Normalize(file, "vgg16")).Reason.ShouldContain("not a file of Keras weights");
    }

    [Fact]
    public void LoadBackbone_FileOfKeras_ComputesWhatKerasDoes()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var model = Model("mobilenet_v1", whole: true);
        var path = model.WriteLegacy(_folder, "");
        using var file = TensorFile.Open(path);
        using var backbone = PretrainedEncoder.LoadBackbone("MobileNet", file, path);
        backbone.eval();
        var pixels = tensor(Goldens.Uniform("pixels", 3 * 70 * 64), [1, 3, 70, 64]);

        var expected = new KerasReference(model.Expected).MobileNet(KerasReference.Grid.Of(pixels));

        backbone.Architecture.ShouldBe("keras_mobilenet_v1");
        KerasReference.ShouldAgree(backbone.call(pixels), expected.Scores, "scores");
    }

    private static void Check(string architecture, Func<KerasModel, string> write, bool withTop = true)
    {
        var model = Model(architecture);
        using var file = TensorFile.Open(write(model));
        using var ours = WeightNames.Normalize(file, BackboneRegistry.Find(architecture).KerasVariant ?? architecture);
        model.ShouldBeGivenBy(ours, withTop);
    }

    private static KerasModel Model(string architecture, bool whole = false) => architecture switch
    {
        "vgg16" => new(architecture, 0, Vgg(2, 2, 3, 3, 3)),
        "vgg19" => new(architecture, 0, Vgg(2, 2, 4, 4, 4)),
        "resnet50" => new(architecture, 1.001e-5 - 1e-5, ResNet()),
        "inception_v3" => new(architecture, 0, Inception()),
        "xception" => new(architecture, 1e-3 - 1e-5, Xception()),
        _ => new(architecture, 1e-3 - 1e-5, MobileNet(), whole),
    };

    private static IEnumerable<(string, string, string)> Vgg(params int[] blocks)
    {
        var at = 0;
        for (var b = 0; b < blocks.Length; b++)
        {
            for (var i = 1; i <= blocks[b]; i++, at += 2) yield return ($"block{b + 1}_conv{i}", "conv2d", $"features.{at}");
            at++;
        }
        yield return ("fc1", "dense", "classifier.0");
        yield return ("fc2", "dense", "classifier.3");
        yield return ("predictions", "dense", "classifier.6");
    }

    private static IEnumerable<(string, string, string)> ResNet()
    {
        yield return ("conv1_conv", "conv2d", "conv1");
        yield return ("conv1_bn", "batch_normalization", "bn1");
        int[] blocks = [3, 4, 6, 3];
        for (var s = 0; s < 4; s++)
        {
            for (var b = 0; b < blocks[s]; b++)
            {
                var (keras, torch) = ($"conv{s + 2}_block{b + 1}", $"layer{s + 1}.{b}");
                for (var i = 1; i <= 2; i++)
                {
                    yield return ($"{keras}_{i}_conv", "conv2d", $"{torch}.conv{i}");
                    yield return ($"{keras}_{i}_bn", "batch_normalization", $"{torch}.bn{i}");
                }
                if (b == 0) yield return ($"{keras}_0_conv", "conv2d", $"{torch}.downsample.0");
                yield return ($"{keras}_3_conv", "conv2d", $"{torch}.conv3");
                if (b == 0) yield return ($"{keras}_0_bn", "batch_normalization", $"{torch}.downsample.1");
                yield return ($"{keras}_3_bn", "batch_normalization", $"{torch}.bn3");
            }
        }
        yield return ("predictions", "dense", "fc");
    }

    private static IEnumerable<(string, string, string)> Inception()
    {
        using var golden = Goldens.Json("architectures/inception_v3.json");
        var made = golden.RootElement.GetProperty("state_dict").EnumerateArray().Select(e => e[0].GetString()!)
            .Where(n => n.EndsWith(".conv.weight", StringComparison.Ordinal) && !n.StartsWith("Aux", StringComparison.Ordinal))
            .Select(n => n[..^".conv.weight".Length]).ToList();
        foreach (var n in InceptionOrder)
        {
            var suffix = n == 0 ? "" : "_" + n.ToString(CultureInfo.InvariantCulture);
            yield return ("conv2d" + suffix, "conv2d", made[n] + ".conv");
            yield return ("batch_normalization" + suffix, "batch_normalization", made[n] + ".bn");
        }
        yield return ("predictions", "dense", "fc");
    }

    private static IEnumerable<(string, string, string)> Xception()
    {
        for (var i = 1; i <= 2; i++)
        {
            yield return ($"block1_conv{i}", "conv2d", $"conv{i}");
            yield return ($"block1_conv{i}_bn", "batch_normalization", $"bn{i}");
        }
        var side = 0;
        for (var b = 2; b <= 14; b++)
        {
            int[] places = b switch { 2 => [0, 3], <= 4 or 13 => [1, 4], 14 => [3, 4], _ => [1, 4, 7] };
            for (var i = 0; i < places.Length; i++)
            {
                yield return ($"block{b}_sepconv{i + 1}", "separable_conv2d", b == 14 ? $"conv{places[i]}"
                    : $"block{b - 1}.rep.{places[i]}");
                yield return ($"block{b}_sepconv{i + 1}_bn", "batch_normalization", b == 14 ? $"bn{places[i]}"
                    : $"block{b - 1}.rep.{places[i] + 1}");
            }
            if (b is not (2 or 3 or 4 or 13)) continue;
            var suffix = side == 0 ? "" : "_" + side.ToString(CultureInfo.InvariantCulture);
            side++;
            yield return ("conv2d" + suffix, "conv2d", $"block{b - 1}.skip");
            yield return ("batch_normalization" + suffix, "batch_normalization", $"block{b - 1}.skipbn");
        }
        yield return ("predictions", "dense", "fc");
    }

    private static IEnumerable<(string, string, string)> MobileNet()
    {
        yield return ("conv1", "conv2d", "conv_stem");
        yield return ("conv1_bn", "batch_normalization", "bn1");
        string[] places = ["0.0", "1.0", "1.1", "2.0", "2.1", "3.0", "3.1", "3.2", "3.3", "3.4", "3.5", "4.0", "4.1"];
        for (var i = 1; i <= 13; i++)
        {
            var torch = $"blocks.{places[i - 1]}.";
            yield return ($"conv_dw_{i}", "depthwise_conv2d", torch + "conv_dw");
            yield return ($"conv_dw_{i}_bn", "batch_normalization", torch + "bn1");
            yield return ($"conv_pw_{i}", "conv2d", torch + "conv_pw");
            yield return ($"conv_pw_{i}_bn", "batch_normalization", torch + "bn2");
        }
        yield return ("conv_preds", "conv2d", "classifier");
    }
}
