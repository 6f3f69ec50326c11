using CaptionTL.Backbones;
using CaptionTL.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

/// <summary>What every registered architecture can do, whichever it is.</summary>
[Collection(nameof(TorchCollection))]
public class EveryBackboneTests
{
    private static readonly BackboneOptions Ten = new() { Classes = 10 };

    public static TheoryData<string> Architectures => [.. BackboneRegistry.All.Select(e => e.Architecture)];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void StateDict_EveryName_BelongsToOneBlockOrTheTop(string architecture)
    {
        var entry = BackboneRegistry.Find(architecture);
        using var scope = NewDisposeScope();
        using var backbone = entry.Build(Ten);
        var names = backbone.state_dict().Keys.ToList();

        foreach (var name in names)
            backbone.Blocks.Select(b => b.Prefixes).Append(backbone.TopPrefixes)
                .Count(prefixes => prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal))).ShouldBe(1, name);
        foreach (var prefix in backbone.Blocks.SelectMany(b => b.Prefixes).Where(p => p.Contains("conv", StringComparison.OrdinalIgnoreCase)))
            names.ShouldContain(n => n.StartsWith(prefix, StringComparison.Ordinal), prefix);
        backbone.Blocks.Select(b => b.Name).ShouldBeUnique();
        backbone.state_dict()[entry.Classifier + ".weight"].shape[0].ShouldBe(10);
        backbone.state_dict()[entry.FirstConvolution + ".weight"].shape[1].ShouldBe(3);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Build_GreyWithoutTop_GivesTheLastGridAndNoScores(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = BackboneRegistry.Find(architecture).Build(new BackboneOptions { InputChannels = 1, IncludeTop = false });
        backbone.eval();
        using var pixels = tensor(Goldens.Uniform("grey", 83 * 101), [1, 1, 83, 101]);

        var grid = backbone.call(pixels);

        grid.shape.Length.ShouldBe(4);
        grid.shape[1].ShouldBe(backbone.FeatureChannels);
        grid.isfinite().all().item<bool>().ShouldBeTrue();
        backbone.state_dict().Keys.ShouldNotContain(n => backbone.TopPrefixes.Any(p => n.StartsWith(p, StringComparison.Ordinal)));
        Should.Throw<CaptionTLException>(() => backbone.Top(grid)).Message.ShouldContain("without its top");
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Forward_LeastSize_WorksAndOneLessIsRefused(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = BackboneRegistry.Find(architecture).Build(Ten with { IncludeTop = false });
        backbone.eval();
        var least = backbone.MinimumSize;

        backbone.call(zeros(1, 3, least, least)).numel().ShouldBeGreaterThan(0);

        Should.Throw<CaptionTLException>(() => backbone.call(zeros(1, 3, least, least - 1))).Message.ShouldContain($"{least} × {least}");
        Should.Throw<CaptionTLException>(() => backbone.call(zeros(1, 2, 224, 224))).Message.ShouldContain("(pictures, 3, height, width)");
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Fold_OddInputSize_ChangesNothingThatMatters(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Filled(architecture);
        var input = tensor(Goldens.Uniform("odd", 2 * 3 * 97 * 75), [2, 3, 97, 75]);
        var grid = backbone.ForwardTo(input, backbone.LastCut);
        var scores = backbone.Top(grid);
        backbone.call(input).allclose(scores).ShouldBeTrue("the whole network is its blocks and its top");

        backbone.Fold(ScalarType.Float32);
        var foldedGrid = backbone.ForwardTo(input, backbone.LastCut);
        var foldedScores = backbone.Top(foldedGrid);

        foldedGrid.shape.ShouldBe(grid.shape);
        foldedScores.shape.ShouldBe([2, 10]);
        Distance(foldedGrid, grid).ShouldBeLessThan(1e-4);
        Distance(foldedScores, scores).ShouldBeLessThan(1e-4);
        backbone.Unfold();
        backbone.ForwardTo(input, backbone.LastCut).equal(grid).all().item<bool>().ShouldBeTrue("its own tensors stay as they were");
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Fold_BFloat16_IsCloseToFloat32(string architecture)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var backbone = Filled(architecture);
        var size = Math.Max(64, backbone.MinimumSize);
        var input = tensor(Goldens.Uniform("bf16", 3L * size * size), [1, 3, size, size]);
        var grid = backbone.ForwardTo(input, backbone.LastCut);
        var scores = backbone.Top(grid);

        backbone.Fold(ScalarType.BFloat16);
        var half = backbone.ForwardTo(input.to(ScalarType.BFloat16), backbone.LastCut);
        var halfScores = backbone.Top(half);

        (half.dtype, halfScores.dtype).ShouldBe((ScalarType.BFloat16, ScalarType.BFloat16));
        Distance(half.to(ScalarType.Float32), grid).ShouldBeLessThan(0.06);
        Distance(halfScores.to(ScalarType.Float32), scores).ShouldBeLessThan(0.06);
        backbone.Unfold();
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void CnnEncoder_EveryCut_GivesItsEmbeddings(string architecture)
    {
        using var scope = NewDisposeScope();
        var weights = BackboneRegistry.Find(architecture).Weights[0];
        using var backbone = BackboneRegistry.Find(architecture).Build(Ten with { IncludeTop = false });
        var size = Math.Max(48, backbone.MinimumSize);
        var cut = backbone.Blocks[^2].Name;
        using var encoder = new CnnEncoder(backbone, weights.Preprocessing with { Width = size, Height = size }, "random", cut, Precision.Float32);
        var picture = new RgbImage(size, size, [.. Enumerable.Range(0, size * size * 3).Select(i => (byte)(i * 31))]);

        using var embeddings = encoder.Encode([picture, picture]);

        embeddings.shape.ShouldBe([2, encoder.Cells, encoder.Channels]);
        embeddings.isfinite().all().item<bool>().ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Forward_ManyTimes_LeavesNoTensor(string architecture)
    {
        using var _ = no_grad();
        using var backbone = BackboneRegistry.Find(architecture).Build(Ten);
        backbone.eval();
        using var input = zeros(1, 3, backbone.MinimumSize, backbone.MinimumSize);
        using var batch = zeros(1, 3, Math.Max(32, backbone.MinimumSize), Math.Max(32, backbone.MinimumSize));
        backbone.Fold(ScalarType.Float32);
        using (backbone.call(batch)) { }
        using var scope = NewDisposeScope();
        using (backbone.call(batch)) { }
        scope.DisposablesCount.ShouldBe(0, "intermediate tensors are disposed as soon as they are not needed");
        backbone.Unfold();
        using (backbone.call(batch)) { }
        scope.DisposablesCount.ShouldBe(0, "intermediate tensors are disposed as soon as they are not needed");
    }

    private static Backbone Filled(string architecture)
    {
        var backbone = BackboneRegistry.Find(architecture).Build(Ten);
        ArchitectureParityTests.Fill(backbone, "");
        backbone.eval();
        return backbone;
    }

    // Root mean square of the difference in units of the expected values' standard deviation.
    private static double Distance(Tensor actual, Tensor expected) =>
        (actual - expected).pow(2).mean().sqrt().item<float>() / Math.Max(1e-12, expected.std().item<float>());
}
