using CaptionTL.Backbones;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>Every registered architecture, small enough inputs for it, and what tests do with all of them.</summary>
internal static class RegisteredBackbones
{
    public static TheoryData<string> Architectures => [.. BackboneRegistry.All.Select(e => e.Architecture)];

    public static Backbone Build(string architecture, bool top = true, int classes = 10, int channels = 3)
    {
        manual_seed(5);
        return BackboneRegistry.Find(architecture)
            .Build(new BackboneOptions { Classes = classes, InputChannels = channels, IncludeTop = top });
    }

    /// <summary>A small size that it takes, higher than wide, odd where it can be.</summary>
    public static (int Height, int Width) Size(Backbone backbone) =>
        (Math.Max(61, backbone.MinimumSize + 8), Math.Max(47, backbone.MinimumSize));

    /// <summary>Pixels (images, channels, height, width) in [-1, 1) of that size.</summary>
    public static Tensor Pixels(Backbone backbone, int images = 1)
    {
        var ((height, width), channels) = (Size(backbone), backbone.Options.InputChannels);
        return tensor(Goldens.Uniform("pixels", images * channels * height * width), [images, channels, height, width]);
    }

    /// <summary>The tensors of a state dict as they are now.</summary>
    public static Dictionary<string, Tensor> Snapshot(nn.Module module) =>
        module.state_dict().ToDictionary(p => p.Key, p => p.Value.detach().clone(), StringComparer.Ordinal);

    /// <summary>Names of tensors of which a bit is not as in the snapshot.</summary>
    public static List<string> Changed(nn.Module module, Dictionary<string, Tensor> snapshot) =>
        [.. module.state_dict().Where(p => !p.Value.detach().contiguous().bytes.SequenceEqual(snapshot[p.Key].bytes)).Select(p => p.Key)];

    public static bool BelongsTo(this BackboneBlock block, string name) =>
        block.Prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal));

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
