using System.Globalization;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Training;

namespace CaptionTL.Cli.Output;

/// <summary>A data set's report for people: the facts, then every file and line that is not used.</summary>
internal static class DatasetReportText
{
    private const int FewWords = 10;

    /// <summary>From here on the text says what can be done about it.</summary>
    private const double StrongImbalance = 3;

    public static void Write(DatasetReport report, TextWriter text)
    {
        void Fact(string name, string value) => text.WriteLine($"{name,-20}{value}");

        text.WriteLine($"{report.Path}: {report.Layout}");
        Fact("images",
            string.Create(CultureInfo.InvariantCulture, $"{report.Images} ({Units.Bytes(report.Bytes)}; {Counts(report.Formats)})"));
        Fact("splits", Counts(report.Splits));
        Fact("size in pixels", $"width {Range(report.Width)}, height {Range(report.Height)}");
        if (report is CaptionDatasetReport captions) Captions(captions, Fact);
        if (report is LabelledDatasetReport labels) Labels(labels, Fact);
        if (report.NearDuplicates is { } near)
            Fact("nearly the same",
                string.Create(CultureInfo.InvariantCulture, $"{near.Groups.Count} groups, {near.AcrossSplits} of them across "
                + $"splits{(report is LabelledDatasetReport ? string.Create(CultureInfo.InvariantCulture, $", {near.AcrossClasses} across classes") : "")} (similarity "
                + $"{near.Threshold} or more to {near.Backbone})"));
        Fact("checked", report.Decoded ? "every pixel" : "headers only; --decode also finds images that are cut off");

        if (report is LabelledDatasetReport classes) Classes(classes, text);
        foreach (var group in report.Duplicates)
            text.WriteLine($"same{Across(group.AcrossSplits, group.AcrossClasses)}: {string.Join(", ", group.Ids)}");
        foreach (var group in report.NearDuplicates?.Groups ?? [])
            text.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"nearly the same{Across(group.AcrossSplits, group.AcrossClasses)} ({group.Similarity:0.000}): "
                + $"{string.Join(", ", group.Ids)}"));
        Problems("unreadable", report.Unreadable, text);
        Problems("left out", report.Skipped, text);
        if (report is LabelledDatasetReport noted) Problems("used, but", noted.Notes, text);
    }

    private static void Captions(CaptionDatasetReport report, Action<string, string> fact)
    {
        fact("captions", string.Create(CultureInfo.InvariantCulture, $"{report.Captions}, an image {Range(report.CaptionsPerImage)}"));
        fact("words a caption", Range(report.WordsPerCaption));
        fact("different words", string.Create(CultureInfo.InvariantCulture, $"{report.VocabularySize}, {report.WordsSeenOnce} of them "
            + $"seen once"));
        fact("most frequent",
            string.Join(", ", report.MostCommonWords.Take(FewWords)
                .Select(word => string.Create(CultureInfo.InvariantCulture, $"{word.Word} {word.Count}"))));
        fact("same image twice", string.Create(CultureInfo.InvariantCulture, $"{report.Duplicates.Count} groups, "
            + $"{report.DuplicatesAcrossSplits} of them across splits"));
    }

    private static void Labels(LabelledDatasetReport report, Action<string, string> fact)
    {
        var largest = report.Classes.MaxBy(c => c.Images)!;
        var smallest = report.Classes.MinBy(c => c.Images)!;
        fact("classes", string.Create(CultureInfo.InvariantCulture, $"{report.Classes.Count}"));
        fact("imbalance", largest.Images == smallest.Images
            ? string.Create(CultureInfo.InvariantCulture, $"none: {largest.Images} images of each")
            : string.Create(CultureInfo.InvariantCulture, $"{report.Imbalance:0.0} ({largest.Name} {largest.Images}, {smallest.Name} "
            + $"{smallest.Images}){(report.Imbalance >= StrongImbalance ? "; look at balanced accuracy, and train with class weights" : "")}"));
        fact("always the largest",
            string.Create(CultureInfo.InvariantCulture, $"{largest.Name} is right for {100 * report.LargestShare:0.0} %: a classifier "
                + $"must do better"));
        fact("same image twice", string.Create(CultureInfo.InvariantCulture, $"{report.Duplicates.Count} groups, "
            + $"{report.DuplicatesAcrossSplits} of them across splits, "
            + $"{report.DuplicatesAcrossClasses} across classes"));
    }

    /// <summary>A row a class, with a column for each split where there are some.</summary>
    private static void Classes(LabelledDatasetReport report, TextWriter text)
    {
        string[] splits = [.. report.Splits.Keys.Where(name => report.Splits.Count > 1 || name != "none")];
        TextTable.Write(text, ["class", "images", .. splits],
            [.. report.Classes.Select(c => (IReadOnlyList<string>)[c.Name, string.Create(CultureInfo.InvariantCulture, $"{c.Images}"),
                .. splits.Select(name => string.Create(CultureInfo.InvariantCulture, $"{c.Splits.GetValueOrDefault(name)}"))])]);
    }

    private static void Problems(string kind, IReadOnlyList<DatasetProblem> problems, TextWriter text)
    {
        foreach (var problem in problems) text.WriteLine($"{kind}: {problem.Where}: {problem.Reason}");
    }

    private static string Across(bool splits, bool classes) => $"{(splits ? " across splits" : "")}{(classes ? " across classes" : "")}";

    private static string Counts(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0 ? "none"
            : string.Join(", ", counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value}")));

    private static string Range(NumberRange range) =>
        range.Min == range.Max ? string.Create(CultureInfo.InvariantCulture, $"{range.Min}")
            : string.Create(CultureInfo.InvariantCulture, $"{range.Min} to {range.Max}, mean {range.Mean:0.0}");
}

/// <summary>A cost quote as a small table.</summary>
internal static class CostQuoteText
{
    public static void Write(TextWriter text, CostQuote quote)
    {
        List<string[]> rows = [];
        foreach (var e in quote.Embeddings)
            rows.Add([$"embed up to {e.Cut}", FormattableString.Invariant($"{e.Missing} of {e.Embeddings} embeddings missing"),
                Time(e.Seconds), Units.Bytes(e.Bytes)]);
        foreach (var p in quote.Phases)
            rows.Add([$"train, phase {p.Phase}",
                string.Create(CultureInfo.InvariantCulture, $"{p.Epochs} epochs of {p.StepsAnEpoch} steps, "
                + $"{p.DevImages} dev images scored after each"), Time(p.Seconds), ""]);
        if (quote.Phases.Count == 0) rows.Add(["fit the head", "in one go, not measured: seconds to a minute", "", ""]);
        rows.Add(["checkpoints and bundle", "", "", Units.Bytes(quote.RunBytes)]);
        rows.Add(["all",
            string.Create(CultureInfo.InvariantCulture, $"{quote.TrainImages} training images in {quote.Views} "
                + $"view{(quote.Views == 1 ? "" : "s")}, "
            + $"{quote.DevImages} dev images"), Time(quote.Seconds), Units.Bytes(quote.CacheBytes + quote.RunBytes)]);
        TextTable.Write(text, ["part", "of", "time", "disk"], rows);
        text.WriteLine($"Memory: about {Units.Bytes(quote.MemoryBytes)}; embeddings are mapped from the disk besides. Phases that stop "
            + $"early take less time.");
    }

    private static string Time(double seconds) => Units.Duration(TimeSpan.FromSeconds(seconds));
}
