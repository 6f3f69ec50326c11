namespace CaptionTL.Weights.Keras;

/// <summary>
/// Inception v3, whose layers Keras only numbers. A module's branches run side by side: in model.layers, what is farther from the
/// module's end comes first, and of equals the branch that is named first.
/// </summary>
internal static class KerasInception
{
    public static List<KerasTarget> Targets()
    {
        var targets = new List<KerasTarget>();
        foreach (var stem in (string[])["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3"]) Add(targets, stem);
        foreach (var module in (string[])["Mixed_5b", "Mixed_5c", "Mixed_5d"])
            Module(targets, module, ["branch1x1"], ["branch5x5_1", "branch5x5_2"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"], ["branch_pool"]);
        Module(targets, "Mixed_6a", ["branch3x3"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"]);
        foreach (var module in (string[])["Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"])
            Module(targets, module, ["branch1x1"], ["branch7x7_1", "branch7x7_2", "branch7x7_3"], ["branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"], ["branch_pool"]);
        Module(targets, "Mixed_7a", ["branch3x3_1", "branch3x3_2"], ["branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3", "branch7x7x3_4"]);
        foreach (var module in (string[])["Mixed_7b", "Mixed_7c"])
        {
            // Two of the branches end in a pair side by side, joined one step before the others.
            foreach (var name in (string[])["branch3x3dbl_1", "branch3x3_1", "branch3x3dbl_2", "branch3x3_2a", "branch3x3_2b", "branch3x3dbl_3a", "branch3x3dbl_3b", "branch1x1", "branch_pool"])
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
