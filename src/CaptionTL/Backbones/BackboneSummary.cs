using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using CaptionTL.Backbones.Nodes;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>A backbone in numbers for one size of image, as Keras's summary shows a model.</summary>
/// <param name="Architecture">torchvision's or timm's name.</param>
/// <param name="InputShape">(C, H, W).</param>
/// <param name="Blocks">In order of computation, the top last where there is one. Every parameter belongs to one of them.</param>
/// <param name="Layers">Every layer, parents before their parts, in the state dict's order.</param>
/// <param name="Cuts">The embedding behind every block.</param>
/// <param name="WeightBytes">Parameters and running statistics in memory.</param>
public sealed record BackboneSummary(
    string Architecture, IReadOnlyList<long> InputShape, IReadOnlyList<LayerSummary> Blocks, IReadOnlyList<LayerSummary> Layers,
        IReadOnlyList<BackboneCut> Cuts, long WeightBytes)
{
    public long Parameters => Blocks.Sum(b => b.Parameters);

    public long TrainableParameters => Blocks.Sum(b => b.TrainableParameters);

    public long FrozenParameters => Parameters - TrainableParameters;

    /// <summary>For one image; convolutions and linear layers, as torchvision and the papers count.</summary>
    public long MultiplyAdds => Blocks.Sum(b => b.MultiplyAdds);

    /// <summary>Counts a backbone; nothing is computed.</summary>
    /// <param name="backbone">Its weights do not matter.</param>
    /// <param name="height">Of the image, in pixels.</param>
    /// <param name="width">Of the image, in pixels.</param>
    /// <exception cref="CaptionTLException">
    /// The architecture does not take images of this size; the message says which it takes.
    /// </exception>
    public static BackboneSummary Of(Backbone backbone, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        backbone.Network.RequireFits(height, width);
        var costs = new NetworkCosts();
        var (blocks, cuts) = (new List<LayerSummary>(), new List<BackboneCut>());
        long[] shape = [backbone.Options.InputChannels, height, width];
        foreach (var block in backbone.Blocks)
        {
            var before = costs.Total;
            shape = block.Node.Follow(shape, costs);
            blocks.Add(Summarize(block.Name, 0, "Block", shape, ParametersOf(backbone, block.Prefixes), costs.Total - before));
            cuts.Add(BackboneCut.Of(block.Name, shape));
        }
        if (backbone.Options.IncludeTop)
        {
            var before = costs.Total;
            shape = backbone.Network.Top.Follow(shape, costs);
            blocks.Add(Summarize("top", 0, "Top", shape, ParametersOf(backbone, backbone.TopPrefixes), costs.Total - before));
        }
        var layers = new List<LayerSummary>();
        AddLayers(layers, backbone, backbone, "", costs);
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
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"{block.Name.PadRight(width)}  {shape,-17} {block.Parameters,13:#,0}  {block.State}").TrimEnd());
        }
        return text.Append(CultureInfo.InvariantCulture,
            $"parameters {Parameters:#,0}, trainable {TrainableParameters:#,0}, frozen {FrozenParameters:#,0}").ToString();
    }

    private static void AddLayers(List<LayerSummary> layers, Backbone backbone, nn.Module parent, string path, NetworkCosts costs)
    {
        foreach (var (name, module) in parent.named_children())
        {
            var own = path + name;
            layers.Add(Summarize(
                own, own.Count(c => c == '.'), Kind(module), OutputShape(costs, module, own), ParametersOf(backbone, [own + "."]),
                costs.MultiplyAddsOf(own)));
            AddLayers(layers, backbone, module, own + ".", costs);
        }
    }

    // A sequence that the network runs part by part has its last part's output.
    private static long[]? OutputShape(NetworkCosts costs, nn.Module module, string path) => costs.ShapeOf(path)
        ?? (module is Group && module.named_children().LastOrDefault() is { module: not null } last
            ? OutputShape(costs, last.module, $"{path}.{last.name}")
            : null);

    /// <summary>
    /// What the layer is. Ours are named for what they are; TorchSharp's go by their type, since it names
    /// <c>BatchNorm2d</c> as the one for one dimension.
    /// </summary>
    private static string Kind(nn.Module layer) => layer.GetType().Assembly == typeof(nn.Module).Assembly ? layer.GetType().Name
        : layer.GetName();

    private static List<Parameter> ParametersOf(Backbone backbone, IReadOnlyList<string> prefixes) =>
        [.. backbone.named_parameters().Where(p => prefixes.Any(prefix => p.name.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(p => p.parameter)];

    private static LayerSummary Summarize(string name, int depth, string kind, IReadOnlyList<long>? shape, List<Parameter> parameters,
        long multiplyAdds) =>
        new(name, depth, kind, shape, parameters.Sum(p => p.numel()), parameters.Where(p => p.requires_grad).Sum(p => p.numel()),
            multiplyAdds);
}

/// <summary>A block or a layer in a <see cref="BackboneSummary"/>.</summary>
/// <param name="Name">The block's, or the layer's path in the state dict.</param>
/// <param name="Depth">Levels of nesting; 0 for blocks and outermost layers.</param>
/// <param name="Kind">Block, Top, or the layer's type: Conv2d, Sequential and so on.</param>
/// <param name="OutputShape">For one image: (C, h, w), or (features). Null where a layer is not run by itself.</param>
/// <param name="Parameters">Numbers that training could change, all that is within included.</param>
/// <param name="TrainableParameters">Those of them that are not frozen.</param>
/// <param name="MultiplyAdds">Multiplications with an addition, for one image, of the convolutions and linear layers within.</param>
public sealed record LayerSummary(
    string Name, int Depth, string Kind, IReadOnlyList<long>? OutputShape, long Parameters, long TrainableParameters, long MultiplyAdds)
{
    /// <summary>"trainable", "frozen" or "partly frozen"; empty where there is nothing to train.</summary>
    [JsonIgnore]
    public string State => this switch
    {
        { Parameters: 0 } => "",
        { TrainableParameters: 0 } => "frozen",
        _ => TrainableParameters == Parameters ? "trainable" : "partly frozen",
    };
}
