using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Training;

namespace CaptionTL.Cli.Output;

/// <summary>Writes a data set's report for people: the facts, then every file and line that is not used.</summary>
internal static class DatasetReportText
{
    private const int FewWords = 10;

    /// <summary>Images of the largest class to those of the smallest: from here on the text gives advice.</summary>
    private const double StrongImbalance = 3;

    public static void Write(DatasetReport report, TextWriter text)
    {
        void Fact(string name, string value) => text.WriteLine($"{name,-20}{value}");

        text.WriteLine($"{report.Path}: {report.Layout}");
        Fact("images", $"{report.Images} ({Units.Bytes(report.Bytes)}; {Counts(report.Formats)})");
        Fact("splits", Counts(report.Splits));
        Fact("size in pixels", $"width {Range(report.Width)}, height {Range(report.Height)}");
        if (report is CaptionDatasetReport captions) Captions(captions, Fact);
        if (report is LabelledDatasetReport labels) Labels(labels, Fact);
        if (report.NearDuplicates is { } near)
        {
            var acrossClasses = report is LabelledDatasetReport ? $", {near.AcrossClasses} across classes" : "";
            Fact("near duplicates", $"{Units.Count(near.Groups.Count, "group")}, {near.AcrossSplits} of them across splits{acrossClasses} "
                + $"(similarity of at least {near.Threshold} by {near.Backbone})");
        }
        Fact("checked", report.Decoded ? "every pixel" : "headers only; --decode also finds truncated files");

        if (report is LabelledDatasetReport classes) Classes(classes, text);
        foreach (var group in report.Duplicates)
            text.WriteLine($"same{Across(group.AcrossSplits, group.AcrossClasses)}: {string.Join(", ", group.Ids)}");
        foreach (var group in report.NearDuplicates?.Groups ?? [])
            text.WriteLine($"nearly the same{Across(group.AcrossSplits, group.AcrossClasses)} ({group.Similarity:0.000}): "
                + string.Join(", ", group.Ids));
        Problems("unreadable", report.Unreadable, text);
        Problems("not used", report.Skipped, text);
        if (report is LabelledDatasetReport noted) Problems("used, but", noted.Notes, text);
    }

    private static void Captions(CaptionDatasetReport report, Action<string, string> fact)
    {
        fact("captions", $"{report.Captions}, {Range(report.CaptionsPerImage)} for each image");
        fact("words per caption", Range(report.WordsPerCaption));
        fact("different words", $"{report.VocabularySize}, {report.WordsSeenOnce} of them seen once");
        fact("most frequent", string.Join(", ", report.MostCommonWords.Take(FewWords).Select(word => $"{word.Word} {word.Count}")));
        fact("same image twice",
            $"{Units.Count(report.Duplicates.Count, "group")}, {report.DuplicatesAcrossSplits} of them across splits");
    }

    private static void Labels(LabelledDatasetReport report, Action<string, string> fact)
    {
        var largest = report.Classes.MaxBy(c => c.Images)!;
        var smallest = report.Classes.MinBy(c => c.Images)!;
        fact("classes", $"{report.Classes.Count}");
        var advice = report.Imbalance >= StrongImbalance ? "; look at balanced accuracy, and train with class weights" : "";
        fact("imbalance", largest.Images == smallest.Images ? $"none: {Units.Count(largest.Images, "image")} of each class"
            : $"{report.Imbalance:0.0} ({largest.Name} {largest.Images}, {smallest.Name} {smallest.Images}){advice}");
        fact("majority baseline", $"always answering {largest.Name} is right for {100 * report.LargestShare:0.0} % of the images");
        fact("same image twice", $"{Units.Count(report.Duplicates.Count, "group")}, {report.DuplicatesAcrossSplits} of them across "
            + $"splits, {report.DuplicatesAcrossClasses} across classes");
    }

    /// <summary>A row for each class, with a column for each split if there are any.</summary>
    private static void Classes(LabelledDatasetReport report, TextWriter text)
    {
        string[] splits = [.. report.Splits.Keys.Where(name => report.Splits.Count > 1 || name != "none")];
        TextTable.Write(text, ["class", "images", .. splits], [.. report.Classes.Select(c => (string[])
            [c.Name, $"{c.Images}", .. splits.Select(name => $"{c.Splits.GetValueOrDefault(name)}")])]);
    }

    private static void Problems(string kind, IReadOnlyList<DatasetProblem> problems, TextWriter text)
    {
        foreach (var problem in problems) text.WriteLine($"{kind}: {problem.Where}: {problem.Reason}");
    }

    private static string Across(bool splits, bool classes) => $"{(splits ? " across splits" : "")}{(classes ? " across classes" : "")}";

    private static string Counts(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}"));

    private static string Range(NumberRange range) =>
        range.Min == range.Max ? $"{range.Min}" : $"{range.Min} to {range.Max}, mean {range.Mean:0.0}";
}
