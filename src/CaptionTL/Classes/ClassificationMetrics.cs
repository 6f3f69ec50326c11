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
    /// <param name="images">With one probability for each class, taken as they are, not scaled to a sum of 1.</param>
    /// <exception cref="CaptionTLException">There are no images, or a probability is not a number from 0 to 1.</exception>
    /// <exception cref="ArgumentException">An image has another number of probabilities than there are classes, or a class that is not
    /// there.</exception>
    public static ClassificationScores Compute(IReadOnlyList<string> classes, IReadOnlyList<ClassifiedImage> images)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0) throw new CaptionTLException("There are no images to score.");
        foreach (var image in images) Check(image, classes.Count);

        var confusion = new int[classes.Count][];
        for (var i = 0; i < confusion.Length; i++) confusion[i] = new int[classes.Count];
        foreach (var image in images) confusion[image.Truth][image.Predicted]++;
        List<ClassScores> scores = [.. classes.Select((name, i) => Score(name, i, confusion))];

        return new ClassificationScores(
            images.Count,
            Accuracy: images.Count(p => p.IsRight) / (double)images.Count,
            BalancedAccuracy: scores.Where(s => s.Support > 0).Average(s => s.Recall),
            MacroF1: scores.Where(s => s.Support > 0 || s.Predicted > 0).Average(s => s.F1),
            LogLoss: images.Average(p => -Math.Log(Math.Clamp((double)p.Probabilities[p.Truth], Epsilon, 1 - Epsilon))),
            TopAccuracy(images, Math.Min(MostTop, classes.Count)), scores, confusion);
    }

    private static ClassScores Score(string name, int index, int[][] confusion)
    {
        var (right, support, predicted) = (confusion[index][index], confusion[index].Sum(), confusion.Sum(row => row[index]));
        return new ClassScores(name, Ratio(right, predicted), Ratio(right, support), Ratio(2 * right, support + predicted),
            support, predicted);
    }

    private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static double[] TopAccuracy(IReadOnlyList<ClassifiedImage> images, int most)
    {
        var atRank = new int[most];
        foreach (var image in images)
            if (Rank(image) is var rank && rank < most) atRank[rank]++;
        var (top, sum) = (new double[most], 0);
        for (var k = 0; k < most; k++) top[k] = (sum += atRank[k]) / (double)images.Count;
        return top;
    }

    /// <summary>0 where the true class is the most probable.</summary>
    private static int Rank(ClassifiedImage image)
    {
        var (truth, rank) = (image.Probabilities[image.Truth], 0);
        for (var i = 0; i < image.Probabilities.Count; i++)
            if (image.Probabilities[i] > truth || (image.Probabilities[i] == truth && i < image.Truth)) rank++;
        return rank;
    }

    private static void Check(ClassifiedImage image, int classes)
    {
        if (image.Probabilities.Count != classes)
            throw new ArgumentException($"{image.Id} has {image.Probabilities.Count} probabilities for {classes} classes");
        if (image.Truth < 0 || image.Truth >= classes)
            throw new ArgumentException($"{image.Id} is of class {image.Truth}, there are {classes}");
        if (image.Probabilities.Any(p => !(p is >= 0 and <= 1.0001f)))
            throw new CaptionTLException(string.Create(CultureInfo.InvariantCulture, $"{image.Id}: the classifier's probability is "
                + $"{image.Probabilities.First(p => !(p is >= 0 and <= 1.0001f))}, not a number from 0 to 1; the model is damaged or "
                + $"was trained with a learning rate that was too high"), isInput: false);
    }
}

/// <summary>
/// How well images are sorted into classes; computed by <see cref="ClassificationMetrics"/>. Serialises to JSON as it is.
/// </summary>
/// <param name="Images">How many were scored.</param>
/// <param name="Accuracy">Share of the images whose most probable class is right.</param>
/// <param name="BalancedAccuracy">Mean recall of the classes that have images: every class counts the same, however rare.</param>
/// <param name="MacroF1">Mean F1 of the classes that have images or were predicted.</param>
/// <param name="LogLoss">Mean of −ln of the right class's probability, in nats; a confident mistake costs most.</param>
/// <param name="TopAccuracy">Entry k − 1: share of the images whose class is among the k most probable; up to 5, or the number of
/// classes.</param>
/// <param name="Classes">In the order of the classes.</param>
/// <param name="Confusion">Images by true class (row) and predicted class (column).</param>
public sealed record ClassificationScores(
    int Images, double Accuracy, double BalancedAccuracy, double MacroF1, double LogLoss,
    IReadOnlyList<double> TopAccuracy, IReadOnlyList<ClassScores> Classes, IReadOnlyList<IReadOnlyList<int>> Confusion);

/// <summary>How well one class is told from the others. What would be 0/0 is 0.</summary>
/// <param name="Name">The class.</param>
/// <param name="Precision">Share of the images given this class that are of it.</param>
/// <param name="Recall">Share of its images that are given it.</param>
/// <param name="F1">Harmonic mean of both.</param>
/// <param name="Support">Its images.</param>
/// <param name="Predicted">Images given this class.</param>
public sealed record ClassScores(string Name, double Precision, double Recall, double F1, int Support, int Predicted);

/// <summary>A classifier's most confident mistakes: mislabelled images are often among them.</summary>
public static class MostWrong
{
    /// <summary>By the probability of the predicted class, highest first, then by id.</summary>
    /// <param name="images">Any; those classified correctly are left out.</param>
    /// <param name="count">How many at most.</param>
    public static IReadOnlyList<ClassifiedImage> Of(IReadOnlyList<ClassifiedImage> images, int count = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(images);
        return [.. images.Where(p => !p.IsRight).OrderByDescending(p => p.Probabilities[p.Predicted])
            .ThenBy(p => p.Id, StringComparer.Ordinal).Take(count)];
    }
}

/// <summary>A classifier's results on some images, as <see cref="ClassificationReportHtml"/> shows them.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Data">The data set's name.</param>
/// <param name="Split">Part of the data set: "dev", "test", "all".</param>
/// <param name="Scores">Scores of all these images.</param>
/// <param name="Images">All of them, with the predictions.</param>
public sealed record ClassificationReport(string Model, string Data, string Split, ClassificationScores Scores,
    IReadOnlyList<ClassifiedImage> Images)
{
    /// <summary>Further facts under the title, e.g. ("temperature", "1.31").</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; init; } = [];
}

/// <summary>A classifier's prediction for one image, and the truth.</summary>
/// <param name="Id">The image's name within the data set.</param>
/// <param name="Source">Where its bytes are; read only for thumbnails.</param>
/// <param name="Truth">Index of its class.</param>
/// <param name="Probabilities">One for each class, in the order of the classes, 0 to 1.</param>
public sealed record ClassifiedImage(string Id, ImageSource Source, int Truth, IReadOnlyList<float> Probabilities)
{
    /// <summary>Index of the most probable class; of several equal ones the first.</summary>
    public int Predicted => Probabilities.Index().MaxBy(p => p.Item).Index;

    public bool IsRight => Predicted == Truth;
}
