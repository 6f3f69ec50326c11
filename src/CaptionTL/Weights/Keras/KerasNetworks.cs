namespace CaptionTL.Weights.Keras;

/// <summary>The networks of keras.applications whose weights are read: layer names and orders as its sources define them.</summary>
internal static class KerasNetworks
{
    public static IReadOnlyList<string> Names { get; } =
        ["vgg16", "vgg19", "keras_resnet50", "keras_resnet101", "keras_resnet152", "keras_inception_v3", "keras_xception", "keras_mobilenet_v1"];

    /// <summary>A network by this library's name for it, or null.</summary>
    public static KerasNetwork? Find(string architecture) => architecture switch
    {
        "vgg16" => Vgg([2, 2, 3, 3, 3]),
        "vgg19" => Vgg([2, 2, 4, 4, 4]),
        "keras_resnet50" => ResNet([3, 4, 6, 3]),
        "keras_resnet101" => ResNet([3, 4, 23, 3]),
        "keras_resnet152" => ResNet([3, 8, 36, 3]),
        "keras_inception_v3" => new KerasNetwork(KerasInception.Targets(), 1e-3, 1e-3),
        "keras_xception" => new KerasNetwork(KerasXception.Targets(), 1e-3, 1e-5),
        "keras_mobilenet_v1" => MobileNet(),
        _ => null,
    };

    /// <summary>Simonyan and Zisserman's networks; the first dense layer follows a flattened 7 × 7 grid.</summary>
    private static KerasNetwork Vgg(int[] convolutions)
    {
        var targets = new List<KerasTarget>();
        var at = 0;
        for (var block = 0; block < convolutions.Length; block++, at++) // a block's pooling takes one place
            for (var i = 0; i < convolutions[block]; i++, at += 2)
                targets.Add(new(KerasKind.Conv, $"features.{at}", $"block{block + 1}_conv{i + 1}") { SwapsColours = at == 0 });
        targets.Add(new(KerasKind.Dense, "classifier.0", "fc1") { IsTop = true, FlattenedCells = 49 });
        targets.Add(new(KerasKind.Dense, "classifier.3", "fc2") { IsTop = true });
        targets.Add(new(KerasKind.Dense, "classifier.6", "predictions") { IsTop = true });
        return new KerasNetwork(targets, 0, 0);
    }

    /// <summary>He and others' networks; the names are Keras's since 2019, then those before (ResNet50 only).</summary>
    private static KerasNetwork ResNet(int[] blocks)
    {
        var targets = new List<KerasTarget>();
        Pair(targets, "conv1", "bn1", ["conv1_conv", "conv1"], ["conv1_bn", "bn_conv1"], swaps: true);
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++)
            {
                var (torch, keras, old) = ($"layer{stage + 1}.{block}.", $"conv{stage + 2}_block{block + 1}_", $"{stage + 2}{(char)('a' + Math.Min(block, 25))}_branch");
                foreach (var i in (int[])(block == 0 ? [1, 2, 0, 3] : [1, 2, 3]))
                {
                    var branch = i == 0 ? "1" : $"2{(char)('a' + i - 1)}";
                    Pair(targets, torch + (i == 0 ? "downsample.0" : $"conv{i}"), torch + (i == 0 ? "downsample.1" : $"bn{i}"),
                        [$"{keras}{i}_conv", $"res{old}{branch}"], [$"{keras}{i}_bn", $"bn{old}{branch}"]);
                }
            }
        }
        targets.Add(new(KerasKind.Dense, "fc", "predictions", "fc1000", "probs") { IsTop = true });
        return new KerasNetwork(targets, 1.001e-5, 1e-5);
    }

    private static void Pair(List<KerasTarget> targets, string conv, string norm, string[] convNames, string[] normNames, bool swaps = false)
    {
        targets.Add(new(KerasKind.Conv, conv, convNames) { SwapsColours = swaps });
        targets.Add(new(KerasKind.Norm, norm, normNames) { TakesBiasOf = conv });
    }

    /// <summary>Howard and others' network of width 1; the top is a 1×1 convolution in Keras.</summary>
    private static KerasNetwork MobileNet()
    {
        var targets = new List<KerasTarget> { new(KerasKind.Conv, "conv_stem", "conv1"), new(KerasKind.Norm, "bn1", "conv1_bn") };
        int[] blocks = [1, 2, 2, 6, 2];
        for (var (stage, i) = (0, 1); stage < blocks.Length; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++, i++)
            {
                var torch = $"blocks.{stage}.{block}.";
                targets.Add(new(KerasKind.Depthwise, torch + "conv_dw", $"conv_dw_{i}"));
                targets.Add(new(KerasKind.Norm, torch + "bn1", $"conv_dw_{i}_bn"));
                targets.Add(new(KerasKind.Conv, torch + "conv_pw", $"conv_pw_{i}"));
                targets.Add(new(KerasKind.Norm, torch + "bn2", $"conv_pw_{i}_bn"));
            }
        }
        targets.Add(new(KerasKind.Conv, "classifier", "conv_preds") { IsTop = true });
        return new KerasNetwork(targets, 1e-3, 1e-5);
    }
}
