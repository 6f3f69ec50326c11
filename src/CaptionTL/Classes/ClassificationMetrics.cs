using System.Globalization;
using CaptionTL.Datasets;

namespace CaptionTL.Classes;

/// <summary>
/// Scores of a classifier, defined as scikit-learn's accuracy_score, balanced_accuracy_score, precision_recall_fscore_support
/// (zero_division = 0), f1_score (macro), log_loss, top_k_accuracy_score and confusion_matrix. Equal probabilities differ from
/// top_k_accuracy_score: the class that comes first counts as the more probable, so that top 1 is the accuracy.
/// </summary>
/// <remarks>Pedregosa et al.: Scikit-learn: Machine learning in Python, JMLR 2011.</remarks>
public static class ClassificationMetrics
{
    private const int MostTop = 5;

    /// <summary>Probabilities are kept this far from 0 and 1 before the logarithm: the spacing of doubles at 1.</summary>
    private const double Epsilon = 2.220446049250313e-16;

    /// <param name="classes">Names, in the order of the probabilities.</param>
    /// <param name="pictures">With one probability a class each; they are taken as they are, not scaled to a sum of 1.</param>
    /// <exception cref="CaptionTLException">There are no pictures, or a probability is not a number from 0 to 1.</exception>
    /// <exception cref="ArgumentException">A picture has another number of probabilities than there are classes, or a class that is not
    /// there.</exception>
    public static ClassificationScores Compute(IReadOnlyList<string> classes, IReadOnlyList<ClassifiedPicture> pictures)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(pictures);
        if (pictures.Count == 0) throw new CaptionTLException("there are no pictures to score");
        foreach (var picture in pictures) Check(picture, classes.Count);

        var confusion = new int[classes.Count][];
        for (var i = 0; i < confusion.Length; i++) confusion[i] = new int[classes.Count];
        foreach (var picture in pictures) confusion[picture.Truth][picture.Predicted]++;
        List<ClassScores> scores = [.. classes.Select((name, i) => Score(name, i, confusion))];

        return new ClassificationScores(
            pictures.Count,
            Accuracy: pictures.Count(p => p.IsRight) / (double)pictures.Count,
            BalancedAccuracy: scores.Where(s => s.Support > 0).Average(s => s.Recall),
            MacroF1: scores.Where(s => s.Support > 0 || s.Predicted > 0).Average(s => s.F1),
            LogLoss: pictures.Average(p => -Math.Log(Math.Clamp((double)p.Probabilities[p.Truth], Epsilon, 1 - Epsilon))),
            TopAccuracy(pictures, Math.Min(MostTop, classes.Count)), scores, confusion);
    }

    private static ClassScores Score(string name, int index, int[][] confusion)
    {
        var (right, support, predicted) = (confusion[index][index], confusion[index].Sum(), confusion.Sum(row => row[index]));
        return new ClassScores(name, Ratio(right, predicted), Ratio(right, support), Ratio(2 * right, support + predicted),
            support, predicted);
    }

    private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static double[] TopAccuracy(IReadOnlyList<ClassifiedPicture> pictures, int most)
    {
        var atRank = new int[most];
        foreach (var picture in pictures)
            if (Rank(picture) is var rank && rank < most) atRank[rank]++;
        var (top, sum) = (new double[most], 0);
        for (var k = 0; k < most; k++) top[k] = (sum += atRank[k]) / (double)pictures.Count;
        return top;
    }

    /// <summary>0 where the true class is the most probable.</summary>
    private static int Rank(ClassifiedPicture picture)
    {
        var (truth, rank) = (picture.Probabilities[picture.Truth], 0);
        for (var i = 0; i < picture.Probabilities.Count; i++)
            if (picture.Probabilities[i] > truth || (picture.Probabilities[i] == truth && i < picture.Truth)) rank++;
        return rank;
    }

    private static void Check(ClassifiedPicture picture, int classes)
    {
        if (picture.Probabilities.Count != classes)
            throw new ArgumentException($"{picture.Id} has {picture.Probabilities.Count} probabilities for {classes} classes");
        if (picture.Truth < 0 || picture.Truth >= classes)
            throw new ArgumentException($"{picture.Id} is of class {picture.Truth}, there are {classes}");
        if (picture.Probabilities.Any(p => !(p is >= 0 and <= 1.0001f)))
            throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture, $"{picture.Id}: the classifier's probability is "
                + $"{picture.Probabilities.First(p => !(p is >= 0 and <= 1.0001f))}, not a number from 0 to 1; the model is damaged or "
                + $"was trained with a learning rate that was too high"), isInput: false);
    }
}

/// <summary>
/// How well pictures are sorted into classes; computed by <see cref="ClassificationMetrics"/>. Serialises to JSON as it is.
/// </summary>
/// <param name="Pictures">How many were scored.</param>
/// <param name="Accuracy">Share of the pictures whose most probable class is right.</param>
/// <param name="BalancedAccuracy">Mean recall of the classes that have pictures: every class counts the same, however rare.</param>
/// <param name="MacroF1">Mean F1 of the classes that have pictures or were predicted.</param>
/// <param name="LogLoss">Mean of −ln of the right class's probability, in nats; a sure wrong answer costs most.</param>
/// <param name="TopAccuracy">Entry k − 1: share of the pictures whose class is among the k most probable; up to 5, or the number of
/// classes.</param>
/// <param name="Classes">In the order of the classes.</param>
/// <param name="Confusion">Pictures by true class (row) and predicted class (column).</param>
public sealed record ClassificationScores(
    int Pictures, double Accuracy, double BalancedAccuracy, double MacroF1, double LogLoss,
    IReadOnlyList<double> TopAccuracy, IReadOnlyList<ClassScores> Classes, IReadOnlyList<IReadOnlyList<int>> Confusion);

/// <summary>How well one class is told from the others. What would be 0/0 is 0.</summary>
/// <param name="Name">The class.</param>
/// <param name="Precision">Share of the pictures given this class that are of it.</param>
/// <param name="Recall">Share of its pictures that are given it.</param>
/// <param name="F1">Harmonic mean of both.</param>
/// <param name="Support">Its pictures.</param>
/// <param name="Predicted">Pictures given this class.</param>
public sealed record ClassScores(string Name, double Precision, double Recall, double F1, int Support, int Predicted);

/// <summary>The pictures that a classifier is surest of and wrong about: mislabelled ones are mostly among them.</summary>
public static class MostWrong
{
    /// <summary>By the probability of the predicted class, highest first, then by id.</summary>
    /// <param name="pictures">Any; those with the right answer are left out.</param>
    /// <param name="count">At most so many.</param>
    public static IReadOnlyList<ClassifiedPicture> Of(IReadOnlyList<ClassifiedPicture> pictures, int count = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return [.. pictures.Where(p => !p.IsRight).OrderByDescending(p => p.Probabilities[p.Predicted])
            .ThenBy(p => p.Id, StringComparer.Ordinal).Take(count)];
    }
}

/// <summary>A classifier's results on some pictures, as <see cref="ClassificationReportHtml"/> shows them.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Data">The data set's name.</param>
/// <param name="Split">Which part of it: "dev", "test", "all".</param>
/// <param name="Scores">Of all these pictures.</param>
/// <param name="Pictures">All of them, with the answers.</param>
public sealed record ClassificationReport(string Model, string Data, string Split, ClassificationScores Scores,
    IReadOnlyList<ClassifiedPicture> Pictures)
{
    /// <summary>Further facts under the title, e.g. ("temperature", "1.31").</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; init; } = [];
}

/// <summary>A classifier's answer for one picture, and the truth.</summary>
/// <param name="Id">The picture's name within the data set.</param>
/// <param name="Source">Where its bytes are; read only for thumbnails.</param>
/// <param name="Truth">Index of its class.</param>
/// <param name="Probabilities">One a class, in the order of the classes, 0 to 1.</param>
public sealed record ClassifiedPicture(string Id, PictureSource Source, int Truth, IReadOnlyList<float> Probabilities)
{
    /// <summary>Index of the most probable class; of several equal ones the first.</summary>
    public int Predicted => MostProbable(Probabilities);

    public bool IsRight => Predicted == Truth;

    private static int MostProbable(IReadOnlyList<float> probabilities)
    {
        var best = 0;
        for (var i = 1; i < probabilities.Count; i++)
            if (probabilities[i] > probabilities[best]) best = i;
        return best;
    }
}
