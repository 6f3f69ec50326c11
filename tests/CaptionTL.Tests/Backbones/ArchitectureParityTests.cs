using System.Text.Json;
using CaptionTL.Backbones;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>Every registered architecture that there are reference numbers for computes what torchvision or timm computes.</summary>
[Collection(nameof(TorchCollection))]
public class ArchitectureParityTests
{
    public static TheoryData<string> Architectures =>
        [.. BackboneRegistry.All.Select(e => e.Architecture).Where(a => File.Exists(Golden(a))).Order(StringComparer.Ordinal)];

    [Fact]
    public void Goldens_OfEveryRegisteredArchitecture_AreThere() =>
        Architectures.Count().ShouldBe(BackboneRegistry.All.Count);

    [Theory]
    [MemberData(nameof(Architectures))]
    public void StateDict_NamesAndShapes_AreThoseOfTheReference(string architecture)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Golden(architecture)));
        using var scope = NewDisposeScope();
        using var backbone = BackboneRegistry.Find(architecture).Build(new BackboneOptions());

        var expected = golden.RootElement.GetProperty("state_dict").EnumerateArray()
            .Select(e => $"{e[0].GetString()} [{string.Join(", ", e[1].EnumerateArray().Select(d => d.GetInt64()))}]");
        backbone.state_dict().Select(p => $"{p.Key} [{string.Join(", ", p.Value.shape)}]").Order(StringComparer.Ordinal)
            .ShouldBe(expected.Order(StringComparer.Ordinal));
        backbone.parameters().Sum(p => p.numel()).ShouldBe(golden.RootElement.GetProperty("parameter_count").GetInt64());
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Forward_ReferenceWeights_GivesEveryListedOutput(string architecture)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Golden(architecture)));
        var root = golden.RootElement;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = BackboneRegistry.Find(architecture).Build(new BackboneOptions());
        var salt = root.GetProperty("salt").GetString()!;
        Fill(backbone, salt);
        backbone.eval();
        var outputs = Record(backbone, [.. root.GetProperty("outputs").EnumerateObject().Select(o => o.Name)]);
        var shape = root.GetProperty("input").GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        var input = tensor(Goldens.Uniform(salt + "input", shape.Aggregate(1L, (a, b) => a * b)), shape);

        var logits = backbone.call(input);

        foreach (var output in root.GetProperty("outputs").EnumerateObject()) Compare(output.Name, outputs[output.Name], output.Value);
        Compare("logits", logits, root.GetProperty("logits"));
        logits.argmax(1).data<long>().ToArray().ShouldBe(root.GetProperty("logits").GetProperty("argmax").EnumerateArray().Select(e => e.GetInt64()).ToArray());
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Fold_OddInputSize_ChangesNothingThatMatters(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = BackboneRegistry.Find(architecture).Build(new BackboneOptions { Classes = 10 });
        Fill(backbone, "");
        backbone.eval();
        var input = tensor(Goldens.Uniform("odd", 3 * 97 * 75), [1, 3, 97, 75]);
        var plain = backbone.ForwardTo(input, backbone.LastCut);

        foreach (var pair in backbone.ConvNorms) pair.Fold(ScalarType.Float32);
        var folded = backbone.ForwardTo(input, backbone.LastCut);

        folded.shape.ShouldBe(plain.shape);
        (folded - plain).abs().max().item<float>().ShouldBeLessThan(1e-3f * Math.Max(1, plain.abs().max().item<float>()));
        foreach (var pair in backbone.ConvNorms) pair.Unfold();
    }

    /// <summary>Weights by the reference's rule; see tests/goldens.</summary>
    internal static void Fill(nn.Module module, string salt)
    {
        foreach (var (name, value) in module.state_dict())
        {
            using var scope = NewDisposeScope();
            if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal)) { value.zero_(); continue; }
            var u = tensor(Goldens.Uniform(salt + name, value.numel()), value.shape);
            var isMean = name.EndsWith("bias", StringComparison.Ordinal) || name.EndsWith("running_mean", StringComparison.Ordinal);
            value.copy_(value.dim() >= 2 ? u * Math.Sqrt(3.0 / (value.numel() / value.shape[0])) : isMean ? u * 0.1 : u * 0.1 + 1);
        }
    }

    private static Dictionary<string, Tensor> Record(Backbone backbone, string[] names)
    {
        var outputs = new Dictionary<string, Tensor>();
        foreach (var (name, module) in backbone.named_modules())
            if (names.Contains(name) && module is nn.Module<Tensor, Tensor> layer)
                layer.register_forward_hook((_, _, output) => { outputs[name] = output.clone(); return output; });
        return outputs;
    }

    private static void Compare(string name, Tensor actual, JsonElement expected)
    {
        actual.shape.ShouldBe(expected.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray(), name);
        var std = expected.GetProperty("std").GetDouble();
        var flat = actual.contiguous().data<float>().ToArray();
        flat.Average(v => (double)v).ShouldBe(expected.GetProperty("mean").GetDouble(), 2e-4 * std, $"{name}: mean");
        var mean = flat.Average(v => (double)v);
        Math.Sqrt(flat.Average(v => Math.Pow(v - mean, 2))).ShouldBe(std, 2e-4 * std, $"{name}: std");
        Near(flat[..8], expected.GetProperty("first"), std, $"{name}: first values");
        Near(flat[^8..], expected.GetProperty("last"), std, $"{name}: last values");
    }

    private static void Near(float[] actual, JsonElement expected, double std, string what)
    {
        var values = expected.EnumerateArray().Select(e => e.GetDouble()).ToArray();
        for (var i = 0; i < values.Length; i++) ((double)actual[i]).ShouldBe(values[i], 5e-4 * std, $"{what} [{i}]");
    }

    private static string Golden(string architecture) => Goldens.File(Path.Combine("architectures", architecture + ".json"));
}
