namespace CaptionTL.Evaluation;

/// <summary>A classifier's results on some pictures, as <see cref="ClassificationReportHtml"/> shows them.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Data">The data set's name.</param>
/// <param name="Split">Which part of it: "dev", "test", "all".</param>
/// <param name="Scores">Of all these pictures.</param>
/// <param name="Pictures">All of them, with the answers.</param>
public sealed record ClassificationReport(string Model, string Data, string Split, ClassificationScores Scores, IReadOnlyList<ClassifiedPicture> Pictures)
{
    /// <summary>Further facts under the title, e.g. ("temperature", "1.31").</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; init; } = [];
}
