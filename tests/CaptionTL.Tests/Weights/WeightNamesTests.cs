using CaptionTL.IO;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public class WeightNamesTests
{
    [Theory]
    [InlineData("module.")]
    [InlineData("model.")]
    [InlineData("_orig_mod.")]
    [InlineData("module._orig_mod.")]
    [InlineData("model.module.")]
    public void Normalize_PrefixOfAllNames_IsTakenOff(string prefix)
    {
        using var file = File((prefix + "conv1.weight", [2]), (prefix + "fc.bias", [3]), ("n_averaged", []));
        using var ours = WeightNames.Normalize(file, "resnet18");
        ours.Tensors.Keys.ShouldBe(["conv1.weight", "fc.bias"], ignoreOrder: true);
    }

    [Fact]
    public void Normalize_PrefixOfSomeNames_IsKept()
    {
        using var file = File(("model.a.weight", [2]), ("head.weight", [3]));
        using var ours = WeightNames.Normalize(file, "resnet18");
        ours.Tensors.Keys.ShouldBe(["model.a.weight", "head.weight"], ignoreOrder: true);
    }

    [Fact]
    public void Normalize_OldDenseNet_HasTodaysNames()
    {
        var golden = Golden("densenet121");
        using var file =
            File([.. golden.Select(g => (g.Name.Replace("norm1.", "norm.1.").Replace("norm2.", "norm.2.").Replace("conv1.", "conv.1.")
            .Replace("conv2.", "conv.2."), g.Shape))]);
        file.Tensors.ContainsKey("features.denseblock1.denselayer1.norm.1.weight").ShouldBeTrue();
        using var ours = WeightNames.Normalize(file, "densenet121");
        ours.Tensors.Keys.ShouldBe(golden.Select(g => g.Name), ignoreOrder: true);
    }

    [Fact]
    public void Normalize_TwoTensorsOfOneName_Throws()
    {
        using var file = File(("a.denselayer1.norm.1.weight", [2]), ("a.denselayer1.norm1.weight", [2]));
        Should.Throw<WeightFileException>(() => WeightNames.Normalize(file, "densenet121"));
    }

    [Theory]
    [InlineData("efficientnet_b0")]
    [InlineData("mobilenet_v2")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("mobilenet_v3_large")]
    [InlineData("convnext_tiny")]
    [InlineData("vgg16")]
    public void Fit_TimmNames_GiveEveryTensorOfTorchvisions(string architecture)
    {
        var golden = Golden(architecture);
        var renamed = golden.ToDictionary(g => g.Name, g => Timm(architecture, g.Name));
        // Every tensor begins with a hash of its name, so that a mix-up shows.
        using var file = File([.. golden.Select(g => (renamed[g.Name], Timm(g.Shape, renamed[g.Name])))]);
        renamed.Keys.Intersect(file.Tensors.Keys).Count().ShouldBeLessThan(renamed.Count);
        using var ours = WeightNames.Fit(file, golden);
        foreach (var (name, shape) in golden)
        {
            ours.Tensors[name].Shape.ShouldBe(shape, name);
            TorchFileTests.Bytes(ours, name).AsSpan().SequenceEqual(TorchFileTests.Bytes(file, renamed[name])).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void Fit_TimmNamesOfAnotherNetwork_AreLeftAsTheyAre()
    {
        using var file = File([.. Golden("mobilenet_v2").Select(g => (Timm("mobilenet_v2", g.Name), g.Shape))]);
        WeightNames.Fit(file, Golden("efficientnet_b0")).ShouldBeSameAs(file);
    }

    private static SafetensorsFile File(params (string Name, long[] Shape)[] tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors.Select(t =>
        {
            var bytes = new byte[t.Shape.Aggregate(1L, (a, b) => a * b)];
            if (bytes.Length > 0)
                BitConverter.GetBytes(string.GetHashCode(t.Name, StringComparison.Ordinal)).AsSpan(0, Math.Min(4, bytes.Length))
                    .CopyTo(bytes);
            return SafetensorsTensor.FromBytes(t.Name, TensorDType.U8, t.Shape, bytes);
        }));
        return SafetensorsFile.FromBytes(stream.ToArray(), "test");
    }

    private static List<(string Name, long[] Shape)> Golden(string architecture)
    {
        using var golden = Goldens.Json($"architectures/{architecture}.json");
        return [.. golden.RootElement.GetProperty("state_dict").EnumerateArray()
            .Select(e => (e[0].GetString()!, e[1].EnumerateArray().Select(n => n.GetInt64()).ToArray()))];
    }

    private static long[] Timm(long[] shape, string timm)
    {
        if (timm.EndsWith("gamma", StringComparison.Ordinal)) return [shape[0]];
        if (timm == "pre_logits.fc1.weight") return [shape[0], 512, 7, 7];
        return timm is "conv_head.weight" or "pre_logits.fc2.weight" && shape.Length == 2 ? [.. shape, 1, 1] : shape;
    }

    /// <summary>timm's name of torchvision's tensor, network by network.</summary>
    private static string Timm(string architecture, string name)
    {
        var parts = name.Split('.');
        var last = parts[^1];
        int Number(int i) => int.Parse(parts[i]);
        if (architecture == "vgg16")
            return parts[0] == "features" ? name
                : $"{(parts[1] switch { "0" => "pre_logits.fc1", "3" => "pre_logits.fc2", _ => "head.fc" })}.{last}";
        if (architecture == "convnext_tiny")
        {
            if (parts[0] == "classifier") return (parts[1] == "0" ? "head.norm." : "head.fc.") + last;
            if (Number(1) == 0) return $"stem.{parts[2]}.{last}";
            if (Number(1) % 2 == 0) return $"stages.{Number(1) / 2}.downsample.{parts[2]}.{last}";
            var block = $"stages.{Number(1) / 2}.blocks.{parts[2]}.";
            return block + (last == "layer_scale" ? "gamma"
                : (parts[4] switch { "0" => "conv_dw.", "2" => "norm.", "3" => "mlp.fc1.", _ => "mlp.fc2." }) + last);
        }
        if (architecture is "mobilenet_v2" or "efficientnet_b0" && parts[0] == "classifier") return "classifier." + last;
        if (parts[0] == "classifier") return (parts[1] == "0" ? "conv_head." : "classifier.") + last;
        if (Number(1) == 0) return (parts[2] == "0" ? "conv_stem." : "bn1.") + last;
        return architecture switch
        {
            "mobilenet_v2" => MobileNetV2(parts, last),
            "efficientnet_b0" => Number(1) == 8 ? (parts[2] == "0" ? "conv_head." : "bn2.") + last : EfficientNet(parts, last),
            _ => MobileNetV3(architecture, parts, last),
        };
    }

    private static string MobileNetV2(string[] parts, string last)
    {
        var k = int.Parse(parts[1]);
        if (k == 18) return (parts[2] == "0" ? "conv_head." : "bn2.") + last;
        var (stage, block) = Place(k - 1, [1, 2, 3, 4, 3, 3, 1]);
        var layer = string.Join('.', parts[3..^1]);
        return $"blocks.{stage}.{block}." + (k == 1
            ? layer switch { "0.0" => "conv_dw.", "0.1" => "bn1.", "1" => "conv_pw.", _ => "bn2." }
            : layer switch { "0.0" => "conv_pw.", "0.1" => "bn1.", "1.0" => "conv_dw.", "1.1" => "bn2.", "2" => "conv_pwl.",
            _ => "bn3." }) + last;
    }

    private static string EfficientNet(string[] parts, string last) =>
        $"blocks.{int.Parse(parts[1]) - 1}.{parts[2]}." + Inverted(string.Join('.', parts[4..^1]), expands: parts[1] != "1",
            squeezes: true) + last;

    private static string MobileNetV3(string architecture, string[] parts, string last)
    {
        var isSmall = architecture.EndsWith("small", StringComparison.Ordinal);
        int[] stages = isSmall ? [1, 2, 3, 2, 3] : [1, 2, 3, 4, 2, 3];
        var k = int.Parse(parts[1]);
        if (k == (isSmall ? 12 : 16)) return $"blocks.{stages.Length}.0." + (parts[2] == "0" ? "conv." : "bn1.") + last;
        var (stage, block) = Place(k - 1, stages);
        var squeezes = isSmall ? k is not (2 or 3) : k is 4 or 5 or 6 or > 10;
        return $"blocks.{stage}.{block}." + Inverted(string.Join('.', parts[3..^1]), expands: k != 1, squeezes) + last;
    }

    private static string Inverted(string layer, bool expands, bool squeezes) => (expands, squeezes, layer) switch
    {
        (false, _, "0.0") => "conv_dw.",
        (false, _, "0.1") => "bn1.",
        (_, true, var l) when l.EndsWith("fc1", StringComparison.Ordinal) => "se.conv_reduce.",
        (_, true, var l) when l.EndsWith("fc2", StringComparison.Ordinal) => "se.conv_expand.",
        (false, _, var l) => l.EndsWith('0') ? "conv_pw." : "bn2.",
        (true, _, "0.0") => "conv_pw.",
        (true, _, "0.1") => "bn1.",
        (true, _, "1.0") => "conv_dw.",
        (true, _, "1.1") => "bn2.",
        (true, _, var l) => l.EndsWith('0') ? "conv_pwl." : "bn3.",
    };

    private static (int Stage, int Block) Place(int index, int[] stages)
    {
        var stage = 0;
        while (index >= stages[stage]) index -= stages[stage++];
        return (stage, index);
    }
}
