namespace CaptionTL.Evaluation;

/// <summary>How well pictures are sorted into classes; computed by <see cref="ClassificationMetrics"/>. Serialises to JSON as it is.</summary>
/// <param name="Pictures">How many were scored.</param>
/// <param name="Accuracy">Share of the pictures whose most probable class is right.</param>
/// <param name="BalancedAccuracy">Mean recall of the classes that have pictures: every class counts the same, however rare.</param>
/// <param name="MacroF1">Mean F1 of the classes that have pictures or were predicted.</param>
/// <param name="LogLoss">Mean of −ln of the right class's probability, in nats; a sure wrong answer costs most.</param>
/// <param name="TopAccuracy">Entry k − 1: share of the pictures whose class is among the k most probable; up to 5, or the number of classes.</param>
/// <param name="Classes">In the order of the classes.</param>
/// <param name="Confusion">Pictures by true class (row) and predicted class (column).</param>
public sealed record ClassificationScores(
    int Pictures, double Accuracy, double BalancedAccuracy, double MacroF1, double LogLoss,
    IReadOnlyList<double> TopAccuracy, IReadOnlyList<ClassScores> Classes, IReadOnlyList<IReadOnlyList<int>> Confusion);
