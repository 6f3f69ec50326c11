using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Backbones;

/// <summary>
/// VGG (Simonyan and Zisserman, 2014): five blocks of 3×3 convolutions, each ending with a pooling that halves the grid, and three
/// linear layers. Names as in torchvision, with (_bn) or without batch normalisation.
/// </summary>
public sealed class Vgg : Backbone
{
    private static readonly int[] Channels = [64, 128, 256, 512, 512];

    private readonly LayerSequence features = new("Sequential");
    private readonly AdaptiveAvgPool2d avgpool;
    private readonly LayerSequence? classifier;

    /// <param name="architecture">As in the registry.</param>
    /// <param name="convolutions">Of each of the five blocks.</param>
    /// <param name="batchNorm">Whether a batch normalisation stands behind every convolution.</param>
    /// <param name="options">Classes, input channels, top.</param>
    public Vgg(string architecture, IReadOnlyList<int> convolutions, bool batchNorm, BackboneOptions options) : base(architecture, options)
    {
        var blocks = new List<BackboneBlock>();
        long channels = options.InputChannels;
        for (var b = 0; b < Channels.Length; b++)
        {
            var (start, firstLayer) = (features.Count, features.LayerCount);
            for (var i = 0; i < convolutions[b]; i++)
            {
                features.Convolution(Conv2d(channels, Channels[b], 3, padding: 1), batchNorm ? BatchNorm2d(Channels[b]) : null, ReLU(inplace: true));
                channels = Channels[b];
            }
            features.Layer(MaxPool2d(2, stride: 2));
            var end = features.Count;
            blocks.Add(new BackboneBlock($"block{b + 1}", x => features.Run(x, start, end),
                [.. Enumerable.Range(firstLayer, features.LayerCount - firstLayer).Select(layer => $"features.{layer}.")]));
        }
        Blocks = blocks;
        avgpool = AdaptiveAvgPool2d(7);
        if (options.IncludeTop)
            classifier = new LayerSequence("Sequential")
                .Linear(Linear(512 * 7 * 7, 4096), ReLU(inplace: true)).Layer(Dropout())
                .Linear(Linear(4096, 4096), ReLU(inplace: true)).Layer(Dropout())
                .Linear(Linear(4096, options.Classes));
        RegisterComponents();
    }

    public override IReadOnlyList<BackboneBlock> Blocks { get; }

    public override int FeatureChannels => 512;

    public override int MinimumSize => 32;

    public override IReadOnlyList<string> TopPrefixes => ["classifier."];

    protected override Tensor Features(Tensor pixels) => features.call(pixels);

    protected override Tensor ClassScores(Tensor features) => Scores(features, classifier!.call, avgpool);

    internal static IEnumerable<BackboneEntry> Registrations =>
    [
        Entry("vgg16", [2, 2, 3, 3, 3], false, 71.59, new("vgg16-397923af.pth"), 71.3),
        Entry("vgg16_bn", [2, 2, 3, 3, 3], true, 73.36, new("vgg16_bn-6c64b313.pth")),
        Entry("vgg19", [2, 2, 4, 4, 4], false, 72.38, new("vgg19-dcbb9e9d.pth"), 71.3),
        Entry("vgg19_bn", [2, 2, 4, 4, 4], true, 74.22, new("vgg19_bn-c79401a0.pth")),
    ];

    private static BackboneEntry Entry(string name, int[] convolutions, bool batchNorm, double top1, TorchvisionFile file, double? kerasTop1 = null) =>
        new(name, options => new Vgg(name, convolutions, batchNorm, options),
        [
            file.Weights(name, top1, ImageNetPixels.Standard()),
            .. kerasTop1 is { } of ? [new KerasFile($"{name}/{name}_weights_tf_dim_ordering_tf_kernels.h5").Weights(name, "CC-BY-4.0", of, ImageNetPixels.Caffe())] : Array.Empty<BackboneWeights>(),
        ])
        {
            Classifier = "classifier.6",
            FirstConvolution = "features.0",
        };
}
