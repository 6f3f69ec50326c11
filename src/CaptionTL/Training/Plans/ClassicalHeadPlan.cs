using System.Text.Json.Serialization;
using CaptionTL.Classes;

namespace CaptionTL.Training.Plans;

/// <summary>A conventional model, fitted in one go on pooled features of the frozen backbone.</summary>
public sealed record ClassicalHeadPlan : HeadPlan
{
    [JsonIgnore]
    public override string Task => "classify";

    public ClassicalKind Model { get; init; } = ClassicalKind.LogisticRegression;

    /// <summary>Kernel of the support vector machine.</summary>
    public SvmKernel Kernel { get; init; } = SvmKernel.Rbf;

    public Pooling Pooling { get; init; } = Pooling.Average;

    /// <summary>Scale every feature to mean 0 and standard deviation 1 over the training images.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>
    /// Weight of a training error (SVM), inverse strength of the penalty (logistic regression); chosen by cross-validation when null.
    /// </summary>
    public double? C { get; init; }

    /// <summary>Gamma of the Gaussian kernel as a multiple of 1 / (features · variance); chosen by cross-validation when null.</summary>
    public double? GammaScale { get; init; }

    /// <summary>Number of images that vote (nearest neighbours); chosen by cross-validation when null.</summary>
    public int? Neighbours { get; init; }

    public FeatureDistance Distance { get; init; }

    /// <summary>Multiplies C class by class; nearest neighbours and class means do not use it.</summary>
    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.None;

    /// <summary>Number of folds of the cross-validation.</summary>
    public int Folds { get; init; } = 5;

    public override HeadPlan Validated()
    {
        if (C is <= 0 || C is { } c && !double.IsFinite(c)) throw Wrong("C", C!, "above 0");
        if (GammaScale is <= 0 || GammaScale is { } gamma && !double.IsFinite(gamma)) throw Wrong("gamma scale", GammaScale!, "above 0");
        if (Neighbours is < 1 or > 10_000) throw Wrong("neighbours", Neighbours, "from 1 to 10000");
        if (Folds is < 2 or > 100) throw Wrong("folds", Folds, "from 2 to 100");
        return this;
    }

    /// <summary>The model before cross-validation has chosen what the plan leaves open.</summary>
    public ClassicalSettings ToSettings() => new()
    {
        Kind = Model, Kernel = Kernel, Distance = Distance, Standardize = Standardize, ClassWeights = ClassWeights,
        C = C ?? 1, GammaScale = GammaScale ?? 1, Neighbours = Neighbours ?? 5,
    };

    /// <summary>What cross-validation tries: a single value where the plan sets it.</summary>
    public ClassicalGrid ToGrid()
    {
        var all = new ClassicalGrid();
        return new ClassicalGrid
        {
            C = C is { } c ? [c] : all.C,
            GammaScale = GammaScale is { } g ? [g] : all.GammaScale,
            Neighbours = Neighbours is { } k ? [k] : all.Neighbours,
        };
    }

    /// <summary>Whether the plan leaves anything to cross-validation.</summary>
    [JsonIgnore]
    public bool IsOpen => Model switch
    {
        ClassicalKind.LogisticRegression or ClassicalKind.LinearSvm => C is null,
        ClassicalKind.KernelSvm => C is null || (Kernel == SvmKernel.Rbf && GammaScale is null),
        ClassicalKind.NearestNeighbours => Neighbours is null,
        _ => false,
    };
}
