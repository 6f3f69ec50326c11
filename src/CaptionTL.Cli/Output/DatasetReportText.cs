using CaptionTL.Datasets;
using static System.FormattableString;

namespace CaptionTL.Cli.Output;

/// <summary>A data set's report for people: the facts, then every file and line that is not used.</summary>
internal static class DatasetReportText
{
    private const int FewWords = 10;

    public static void Write(DatasetReport report, TextWriter text)
    {
        void Fact(string name, string value) => text.WriteLine($"{name,-20}{value}");

        text.WriteLine($"{report.Path}: {report.Layout}");
        Fact("pictures", Invariant($"{report.Pictures} ({Units.Bytes(report.Bytes)}; {Counts(report.Formats)})"));
        Fact("splits", Counts(report.Splits));
        Fact("size in pixels", $"width {Range(report.Width)}, height {Range(report.Height)}");
        Fact("captions", Invariant($"{report.Captions}, a picture {Range(report.CaptionsPerPicture)}"));
        Fact("words a caption", Range(report.WordsPerCaption));
        Fact("different words", Invariant($"{report.VocabularySize}, {report.WordsSeenOnce} of them seen once"));
        Fact("most frequent", string.Join(", ", report.MostCommonWords.Take(FewWords).Select(word => Invariant($"{word.Word} {word.Count}"))));
        Fact("same picture twice", Invariant($"{report.Duplicates.Count} groups, {report.DuplicatesAcrossSplits} of them across splits"));
        Fact("checked", report.Decoded ? "every pixel" : "headers only; --decode also finds pictures that are cut off");

        foreach (var group in report.Duplicates)
            text.WriteLine($"same{(group.AcrossSplits ? " across splits" : "")}: {string.Join(", ", group.Ids)}");
        Problems("unreadable", report.Unreadable, text);
        Problems("left out", report.Skipped, text);
    }

    private static void Problems(string kind, IReadOnlyList<DatasetProblem> problems, TextWriter text)
    {
        foreach (var problem in problems) text.WriteLine($"{kind}: {problem.Where}: {problem.Reason}");
    }

    private static string Counts(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.Select(count => Invariant($"{count.Key} {count.Value}")));

    private static string Range(NumberRange range) =>
        range.Min == range.Max ? Invariant($"{range.Min}") : Invariant($"{range.Min} to {range.Max}, mean {range.Mean:0.0}");
}
