using CaptionTL.Backbones;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>Every registered architecture, small enough inputs for it, and what tests do with all of them.</summary>
internal static class RegisteredBackbones
{
    // Every architecture takes pictures of this size; neither number divides by two often.
    public const int Height = 77;
    public const int Width = 98;

    public static TheoryData<string> Architectures => [.. BackboneRegistry.All.Select(e => e.Architecture)];

    public static Backbone Build(string architecture, bool top = true, int classes = 10, int channels = 3)
    {
        manual_seed(5);
        return BackboneRegistry.Find(architecture).Build(new BackboneOptions { Classes = classes, InputChannels = channels, IncludeTop = top });
    }

    public static Tensor Pixels(int pictures = 1, int channels = 3) => tensor(Goldens.Uniform("pixels", pictures * channels * Height * Width), [pictures, channels, Height, Width]);

    /// <summary>The tensors of a state dict as they are now.</summary>
    public static Dictionary<string, Tensor> Snapshot(nn.Module module) =>
        module.state_dict().ToDictionary(p => p.Key, p => p.Value.detach().clone(), StringComparer.Ordinal);

    /// <summary>Names of tensors of which a bit is not as in the snapshot.</summary>
    public static List<string> Changed(nn.Module module, Dictionary<string, Tensor> snapshot) =>
        [.. module.state_dict().Where(p => !p.Value.detach().contiguous().bytes.SequenceEqual(snapshot[p.Key].bytes)).Select(p => p.Key)];

    public static bool BelongsTo(this BackboneBlock block, string name) => block.Prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal));

    /// <summary>The backbone's layers, in the order in which they begin to run from here on.</summary>
    public static List<string> RecordCalls(Backbone backbone)
    {
        var calls = new List<string>();
        foreach (var (name, module) in backbone.named_modules())
            if (module is nn.Module<Tensor, Tensor> layer)
                layer.register_forward_pre_hook((Action<nn.Module>)(_ => calls.Add(name)));
        return calls;
    }
}
