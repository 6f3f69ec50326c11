namespace CaptionTL.Weights.Keras;

/// <summary>The networks of keras.applications whose weights are read: layer names and orders as its sources define them.</summary>
internal static class KerasNetworks
{
    public static IReadOnlyList<string> Names { get; } =
        ["vgg16", "vgg19", "keras_resnet50", "keras_resnet101", "keras_resnet152", "keras_inception_v3", "keras_xception",
            "keras_mobilenet_v1"];

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
                var (torch, keras, old) = ($"layer{stage + 1}.{block}.", $"conv{stage + 2}_block{block + 1}_",
                    $"{stage + 2}{(char)('a' + Math.Min(block, 25))}_branch");
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

    private static void Pair(List<KerasTarget> targets, string conv, string norm, string[] convNames, string[] normNames,
        bool swaps = false)
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

/// <summary>A network of keras.applications.</summary>
/// <param name="Targets">Its layers with weights, in the order of Keras's model.layers (by depth, then as its graph is walked from the
/// output).</param>
/// <param name="Epsilon">What Keras adds to a variance.</param>
/// <param name="OwnEpsilon">What this library's network adds.</param>
internal sealed record KerasNetwork(IReadOnlyList<KerasTarget> Targets, double Epsilon, double OwnEpsilon);

/// <summary>
/// Inception v3, whose layers Keras only numbers. A module's branches run side by side: in model.layers, what is farther from the
/// module's end comes first, and of equals the branch that is named first.
/// </summary>
internal static class KerasInception
{
    public static List<KerasTarget> Targets()
    {
        var targets = new List<KerasTarget>();
        foreach (var stem in (string[])["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3"])
            Add(targets, stem);
        foreach (var module in (string[])["Mixed_5b", "Mixed_5c", "Mixed_5d"])
            Module(targets, module, ["branch1x1"], ["branch5x5_1", "branch5x5_2"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"],
                ["branch_pool"]);
        Module(targets, "Mixed_6a", ["branch3x3"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"]);
        foreach (var module in (string[])["Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"])
            Module(targets, module, ["branch1x1"], ["branch7x7_1", "branch7x7_2", "branch7x7_3"],
                ["branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"], ["branch_pool"]);
        Module(targets, "Mixed_7a", ["branch3x3_1", "branch3x3_2"], ["branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3", "branch7x7x3_4"]);
        foreach (var module in (string[])["Mixed_7b", "Mixed_7c"])
        {
            // Two of the branches end in a pair side by side, joined one step before the others.
            foreach (var name in (string[])["branch3x3dbl_1", "branch3x3_1", "branch3x3dbl_2", "branch3x3_2a", "branch3x3_2b",
                "branch3x3dbl_3a", "branch3x3dbl_3b", "branch1x1", "branch_pool"])
                Add(targets, $"{module}.{name}");
        }
        targets.Add(new(KerasKind.Dense, "fc", "predictions") { IsTop = true });
        return targets;
    }

    private static void Module(List<KerasTarget> targets, string module, params string[][] branches)
    {
        for (var fromEnd = branches.Max(b => b.Length); fromEnd > 0; fromEnd--)
            foreach (var branch in branches.Where(b => b.Length >= fromEnd)) Add(targets, $"{module}.{branch[^fromEnd]}");
    }

    private static void Add(List<KerasTarget> targets, string torch)
    {
        targets.Add(new(KerasKind.Conv, torch + ".conv"));
        targets.Add(new(KerasKind.Norm, torch + ".bn"));
    }
}

/// <summary>
/// Xception: Keras counts the two first convolutions as block 1, so that its block n is block n − 1 here; side branches are only numbered.
/// </summary>
internal static class KerasXception
{
    public static List<KerasTarget> Targets()
    {
        var targets = new List<KerasTarget>();
        for (var i = 1; i <= 2; i++)
        {
            targets.Add(new(KerasKind.Conv, $"conv{i}", $"block1_conv{i}"));
            targets.Add(new(KerasKind.Norm, $"bn{i}", $"block1_conv{i}_bn"));
        }
        for (var block = 2; block <= 13; block++)
        {
            var isMiddle = block is > 4 and < 13;
            for (var i = 1; i <= (isMiddle ? 3 : 2); i++)
            {
                var place = (block == 2 ? 0 : 1) + (3 * (i - 1)); // block 2 does not begin with a ReLU
                Separable(targets, $"block{block - 1}.rep.{place}", $"block{block - 1}.rep.{place + 1}", $"block{block}_sepconv{i}");
            }
            if (isMiddle) continue;
            targets.Add(new(KerasKind.Conv, $"block{block - 1}.skip"));
            targets.Add(new(KerasKind.Norm, $"block{block - 1}.skipbn"));
        }
        for (var i = 1; i <= 2; i++) Separable(targets, $"conv{i + 2}", $"bn{i + 2}", $"block14_sepconv{i}");
        targets.Add(new(KerasKind.Dense, "fc", "predictions") { IsTop = true });
        return targets;
    }

    private static void Separable(List<KerasTarget> targets, string conv, string norm, string keras)
    {
        targets.Add(new(KerasKind.Separable, conv, keras));
        targets.Add(new(KerasKind.Norm, norm, keras + "_bn"));
    }
}
