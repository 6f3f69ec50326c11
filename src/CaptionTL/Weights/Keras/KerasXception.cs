namespace CaptionTL.Weights.Keras;

/// <summary>Xception: Keras counts the two first convolutions as block 1, so that its block n is block n − 1 here; side branches are only numbered.</summary>
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
