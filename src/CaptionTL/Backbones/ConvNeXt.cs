using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>ConvNeXt-Tiny (Liu et al., 2022): depthwise 7×7 convolutions, layer normalisation, GELU and a learned scale of every residual; names as in torchvision.</summary>
public sealed class ConvNeXt : Backbone, IHasFoldables
{
    private const double NormEpsilon = 1e-6;

    private static readonly (int Channels, int Depth)[] Stages = [(96, 3), (192, 3), (384, 9), (768, 3)];

    private readonly LayerSequence features = new("Sequential");
    private readonly AdaptiveAvgPool2d avgpool;
    private readonly Sequential? classifier;
    private readonly NormLinear? _top;

    public ConvNeXt(string architecture, BackboneOptions options) : base(architecture, options)
    {
        var channels = Stages[0].Channels;
        features.Layer(LayerSequence.ConvNormActivation(Conv2d(options.InputChannels, channels, 4, stride: 4), LayerNorm(channels, NormEpsilon)));
        foreach (var (width, depth) in Stages)
        {
            if (width != channels)
            {
                var (norm, conv) = (LayerNorm(channels, NormEpsilon), Conv2d(channels, width, 2, stride: 2));
                var smaller = new NormConv(norm, conv);
                features.Layer(new LayerSequence("Sequential").Step(smaller.Forward, [smaller], ("0", norm), ("1", conv)));
                channels = width;
            }
            var stage = new LayerSequence("Sequential");
            for (var i = 0; i < depth; i++) stage.Layer(new Residual(channels));
            features.Layer(stage);
        }
        FeatureChannels = channels;
        Blocks = features.Blocks(nameof(features));
        avgpool = AdaptiveAvgPool2d(1);
        if (options.IncludeTop)
        {
            var (norm, linear) = (LayerNorm(channels, NormEpsilon), Linear(channels, options.Classes));
            classifier = Sequential(("0", norm), ("1", Flatten(1)), ("2", linear));
            _top = new NormLinear(linear, norm);
        }
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels { get; }

    public override int MinimumSize => 32;

    public override IReadOnlyList<string> TopPrefixes => ["classifier."];

    IEnumerable<Foldable> IHasFoldables.Foldables => _top is null ? [] : [_top];

    protected override Tensor Features(Tensor pixels) => features.call(pixels);

    protected override Tensor ClassScores(Tensor features) => Scores(features, _top!.Forward, avgpool);

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        // 224 pixels of 236
        new("convnext_tiny", options => new ConvNeXt("convnext_tiny", options),
            [new TorchvisionFile("convnext_tiny-983f1562.pth").Weights("convnext_tiny", 82.52, ImageNetPixels.Standard(0.949f))])
        {
            Aliases = ["ConvNeXtTiny"],
            Classifier = "classifier.2",
            FirstConvolution = "features.0.0",
        },
    ];

    /// <summary>Filter each channel by itself (7×7), normalise every cell, widen four times, GELU, narrow, scale, add the input.</summary>
    private sealed class Residual : Module<Tensor, Tensor>, IHasFoldables
    {
        private readonly Sequential block;
        private readonly Parameter layer_scale;
        private readonly ConvNorm _filter;
        private readonly NormLinear _widen;
        private readonly NormLinear _narrow;

        public Residual(int channels) : base("CNBlock")
        {
            var conv = Conv2d(channels, channels, 7, padding: 3, groups: channels);
            var (norm, widen, narrow) = (LayerNorm(channels, NormEpsilon), Linear(channels, 4 * channels), Linear(4 * channels, channels));
            block = Sequential(("0", conv), ("2", norm), ("3", widen), ("5", narrow));
            layer_scale = new Parameter(full(channels, 1, 1, 1e-6));
            (_filter, _widen, _narrow) = (new ConvNorm(conv), new NormLinear(widen, norm), new NormLinear(narrow, null, layer_scale));
            RegisterComponents();
        }

        IEnumerable<Foldable> IHasFoldables.Foldables => [_filter, _widen, _narrow];

        public override Tensor forward(Tensor input)
        {
            using var filtered = _filter.Forward(input);
            using var cells = filtered.permute(0, 2, 3, 1);
            using var wide = _widen.Forward(cells);
            using var active = wide.gelu();
            using var narrow = _narrow.Forward(active);
            using var residual = narrow.permute(0, 3, 1, 2);
            return residual.add(input);
        }
    }
}
