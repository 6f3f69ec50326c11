using System.Globalization;
using System.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>A backbone in numbers for one size of picture, as Keras's summary shows a model.</summary>
/// <param name="Architecture">torchvision's or timm's name.</param>
/// <param name="InputShape">(C, H, W).</param>
/// <param name="Blocks">In order of computation, the top last where there is one. Every parameter belongs to one of them.</param>
/// <param name="Layers">Every layer, parents before their parts, in the state dict's order.</param>
/// <param name="Cuts">The embedding behind every block.</param>
/// <param name="WeightBytes">Parameters and running statistics in memory.</param>
public sealed record BackboneSummary(
    string Architecture, IReadOnlyList<long> InputShape, IReadOnlyList<LayerSummary> Blocks, IReadOnlyList<LayerSummary> Layers, IReadOnlyList<BackboneCut> Cuts, long WeightBytes)
{
    public long Parameters => Blocks.Sum(b => b.Parameters);

    public long TrainableParameters => Blocks.Sum(b => b.TrainableParameters);

    public long FrozenParameters => Parameters - TrainableParameters;

    /// <summary>For one picture; convolutions and linear layers, as torchvision and the papers count.</summary>
    public long MultiplyAdds => Blocks.Sum(b => b.MultiplyAdds);

    /// <summary>Counts a backbone by one pass of zeros through it; its weights do not matter and its mode stays.</summary>
    /// <param name="backbone">Not folded for inference: a folded convolution has no layer of its own to count.</param>
    /// <param name="height">Of the picture, in pixels.</param>
    /// <param name="width">Of the picture, in pixels.</param>
    /// <exception cref="CaptionTLException">The architecture does not take pictures of this size; the message says which it takes.</exception>
    public static BackboneSummary Of(Backbone backbone, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        using var counter = new MultiplyAddCounter(backbone);
        var (blocks, cuts) = (new List<LayerSummary>(), new List<BackboneCut>());
        var counted = 0L;
        ZerosPass.Run(backbone, height, width, backbone.Options.IncludeTop ? backbone.Blocks.Count : backbone.Blocks.Count - 1, (i, output) =>
        {
            var multiplyAdds = counter.Total - counted;
            counted = counter.Total;
            if (i == backbone.Blocks.Count)
            {
                blocks.Add(Summarize("top", 0, "Top", output.shape[1..], ParametersOf(backbone, backbone.TopPrefixes), multiplyAdds));
                return;
            }
            var block = backbone.Blocks[i];
            blocks.Add(Summarize(block.Name, 0, "Block", output.shape[1..], ParametersOf(backbone, block.Prefixes), multiplyAdds));
            cuts.Add(BackboneCut.Of(block, output));
        });
        var layers = new List<LayerSummary>();
        AddLayers(layers, backbone, backbone, "", counter);
        return new(backbone.Architecture, [backbone.Options.InputChannels, height, width], blocks, layers, cuts,
            backbone.state_dict().Values.Sum(t => t.numel() * t.element_size()));
    }

    /// <summary>A line for each block: output shape, parameters, whether it trains; then the sums.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var width = Blocks.Max(b => b.Name.Length);
        text.AppendLine(CultureInfo.InvariantCulture, $"{Architecture}, input {string.Join(" × ", InputShape)}");
        foreach (var block in Blocks)
        {
            var shape = string.Join(" × ", block.OutputShape ?? []);
            text.AppendLine(FormattableString.Invariant($"{block.Name.PadRight(width)}  {shape,-17} {block.Parameters,13:#,0}  {block.State}").TrimEnd());
        }
        return text.Append(CultureInfo.InvariantCulture, $"parameters {Parameters:#,0}, trainable {TrainableParameters:#,0}, frozen {FrozenParameters:#,0}").ToString();
    }

    private static void AddLayers(List<LayerSummary> layers, Backbone backbone, nn.Module parent, string path, MultiplyAddCounter counter)
    {
        foreach (var (name, module) in parent.named_children())
        {
            var own = path + name;
            layers.Add(Summarize(own, own.Count(c => c == '.'), Kind(module), counter.OutputShape(module), ParametersOf(backbone, [own + "."]), counter.Within(module)));
            AddLayers(layers, backbone, module, own + ".", counter);
        }
    }

    /// <summary>
    /// What the layer is. Ours are named for what they are; the engine's layers go by their type, since TorchSharp names a
    /// <c>Sequential</c> as C++ does, and <c>BatchNorm2d</c> as the one for one dimension.
    /// </summary>
    private static string Kind(nn.Module layer) => layer.GetType().Assembly == typeof(nn.Module).Assembly ? layer.GetType().Name : layer.GetName();

    private static List<Parameter> ParametersOf(Backbone backbone, IReadOnlyList<string> prefixes) =>
        [.. backbone.named_parameters().Where(p => prefixes.Any(prefix => p.name.StartsWith(prefix, StringComparison.Ordinal))).Select(p => p.parameter)];

    private static LayerSummary Summarize(string name, int depth, string kind, IReadOnlyList<long>? shape, List<Parameter> parameters, long multiplyAdds) =>
        new(name, depth, kind, shape, parameters.Sum(p => p.numel()), parameters.Where(p => p.requires_grad).Sum(p => p.numel()), multiplyAdds);
}
