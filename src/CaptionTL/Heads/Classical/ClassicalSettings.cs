using CaptionTL.Training.Plans;

namespace CaptionTL.Heads.Classical;

/// <summary>A conventional model before it is trained; what its kind does not use is ignored.</summary>
public sealed record ClassicalSettings
{
    public ClassicalKind Kind { get; init; } = ClassicalKind.LogisticRegression;

    /// <summary>Weight of the errors against the penalty, above 0: logistic regression and support vector machines.</summary>
    public double C { get; init; } = 1;

    public SvmKernel Kernel { get; init; } = SvmKernel.Rbf;

    /// <summary>Gamma of the RBF kernel as a multiple of 1 / (features · variance), above 0.</summary>
    public double GammaScale { get; init; } = 1;

    /// <summary>k of the nearest neighbours, at least 1.</summary>
    public int Neighbours { get; init; } = 5;

    /// <summary>Of the nearest neighbours.</summary>
    public FeatureDistance Distance { get; init; }

    /// <summary>Whether the errors of rare classes count more: logistic regression and support vector machines.</summary>
    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.None;

    /// <summary>Bring every feature to mean 0 and deviation 1 first.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>Trains the model on features that are standardised already where that is wanted; see <see cref="ClassicalHead.Fit"/>.</summary>
    internal IClassicalModel Fit(FeatureMatrix features, IReadOnlyList<int> labels, CancellationToken token)
    {
        ClassicalInput.CheckPositive(GammaScale, "the scale of gamma");
        return Kind switch
        {
            ClassicalKind.LogisticRegression => LogisticRegression.Fit(features, labels, C, ClassWeights, token),
            ClassicalKind.LinearSvm => LinearSvm.Fit(features, labels, C, ClassWeights, token),
            ClassicalKind.KernelSvm => KernelSvm.Fit(features, labels, Kernel, C, GammaScale * KernelFunction.Scale(features), ClassWeights, token),
            ClassicalKind.NearestNeighbours => NearestNeighbours.Fit(features, labels, Neighbours, Distance),
            ClassicalKind.NearestClassMean => NearestClassMean.Fit(features, labels),
            _ => throw new CaptionTLException($"there is no conventional model of kind {(int)Kind}"),
        };
    }
}
