using CaptionTL.Images;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>A network with its published weights and what they expect of pixels, ready to be looked at, frozen and built upon.</summary>
public sealed class Pretrained : IDisposable
{
    private Pretrained(BackboneWeights weights, Backbone backbone, Preprocessing preprocessing) =>
        (Weights, Backbone, Preprocessing) = (weights, backbone, preprocessing);

    public BackboneWeights Weights { get; }

    /// <summary>In inference mode until a model that it is part of trains.</summary>
    public Backbone Backbone { get; }

    /// <summary>The weights' own, at the size that was asked for.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>In order of computation.</summary>
    public IReadOnlyList<BackboneBlock> Blocks => Backbone.Blocks;

    /// <summary>Which of its blocks and layers train; all of them until something is frozen.</summary>
    public Freezing Freezing => Backbone.Freezing;

    /// <summary>Blocks and layers with shapes and parameters, as they are frozen now.</summary>
    public BackboneSummary Summary => BackboneSummary.Of(Backbone, Preprocessing.Height, Preprocessing.Width);

    /// <summary>Finds the weights in the folders of CAPTIONTL_MODELS or the local cache, or downloads them, and loads them.</summary>
    /// <param name="name">An architecture (VGG16, resnet50) or published weights (tf_efficientnet_lite0.in1k), without regard to case.</param>
    /// <param name="includeTop">False leaves out what follows the last block: the class scores.</param>
    /// <param name="inputSize">Height and width of the pictures in pixels; the weights' own when null.</param>
    /// <param name="store">Where weights are looked for; as the environment says when null.</param>
    /// <exception cref="CaptionTLException">There is no such network, its weights are not to be had, or the pictures would be too small for it.</exception>
    /// <exception cref="WeightFileException">The file does not fit the network.</exception>
    public static Pretrained Load(string name, bool includeTop = true, int? inputSize = null, WeightStore? store = null)
    {
        var weights = BackboneRegistry.FindWeights(name);
        var path = (store ?? new WeightStore()).EnsureAsync(weights.File).GetAwaiter().GetResult();
        var backbone = PretrainedEncoder.LoadBackbone(weights, path, includeTop);
        backbone.eval();
        var preprocessing = weights.Preprocessing;
        if (inputSize is { } size) preprocessing = preprocessing with { Height = size, Width = size };
        if (preprocessing.Height >= backbone.MinimumSize) return new Pretrained(weights, backbone, preprocessing);
        var least = backbone.MinimumSize;
        backbone.Dispose();
        throw new CaptionTLException($"{weights.Architecture} needs pictures of at least {least} × {least} pixels, not {inputSize} × {inputSize}. Choose an inputSize of {least} or more.");
    }

    /// <summary>The network up to a block, a layer or "logits", for <c>Sequential</c>; see <see cref="LayerOutput"/>.</summary>
    /// <exception cref="CaptionTLException">There is no such layer; near matches are listed.</exception>
    public LayerOutput Layer(string name) => new(Backbone, name);

    /// <summary>How many numbers a picture has behind a layer, all cells and channels together: the inputs of a linear layer on its flattened output.</summary>
    /// <exception cref="CaptionTLException">There is no such layer; near matches are listed.</exception>
    public long SizeOf(string layer)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var output = Layer(layer);
        using var modes = new ModuleModes(output);
        return output.call(zeros(1, Backbone.Options.InputChannels, Preprocessing.Height, Preprocessing.Width)).numel();
    }

    public void Dispose() => Backbone.Dispose();
}
