using CaptionTL.Datasets;
using CaptionTL.Training;
using static System.FormattableString;

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
        Fact("pictures", Invariant($"{report.Pictures} ({Units.Bytes(report.Bytes)}; {Counts(report.Formats)})"));
        Fact("splits", Counts(report.Splits));
        Fact("size in pixels", $"width {Range(report.Width)}, height {Range(report.Height)}");
        if (report is CaptionDatasetReport captions) Captions(captions, Fact);
        if (report is LabelledDatasetReport labels) Labels(labels, Fact);
        if (report.NearDuplicates is { } near)
            Fact("nearly the same", Invariant($"{near.Groups.Count} groups, {near.AcrossSplits} of them across splits{(report is LabelledDatasetReport ? Invariant($", {near.AcrossClasses} across classes") : "")} (similarity {near.Threshold} or more to {near.Backbone})"));
        Fact("checked", report.Decoded ? "every pixel" : "headers only; --decode also finds pictures that are cut off");

        if (report is LabelledDatasetReport classes) Classes(classes, text);
        foreach (var group in report.Duplicates)
            text.WriteLine($"same{Across(group.AcrossSplits, group.AcrossClasses)}: {string.Join(", ", group.Ids)}");
        foreach (var group in report.NearDuplicates?.Groups ?? [])
            text.WriteLine(Invariant($"nearly the same{Across(group.AcrossSplits, group.AcrossClasses)} ({group.Similarity:0.000}): {string.Join(", ", group.Ids)}"));
        Problems("unreadable", report.Unreadable, text);
        Problems("left out", report.Skipped, text);
        if (report is LabelledDatasetReport noted) Problems("used, but", noted.Notes, text);
    }

    private static void Captions(CaptionDatasetReport report, Action<string, string> fact)
    {
        fact("captions", Invariant($"{report.Captions}, a picture {Range(report.CaptionsPerPicture)}"));
        fact("words a caption", Range(report.WordsPerCaption));
        fact("different words", Invariant($"{report.VocabularySize}, {report.WordsSeenOnce} of them seen once"));
        fact("most frequent", string.Join(", ", report.MostCommonWords.Take(FewWords).Select(word => Invariant($"{word.Word} {word.Count}"))));
        fact("same picture twice", Invariant($"{report.Duplicates.Count} groups, {report.DuplicatesAcrossSplits} of them across splits"));
    }

    private static void Labels(LabelledDatasetReport report, Action<string, string> fact)
    {
        var largest = report.Classes.MaxBy(c => c.Pictures)!;
        var smallest = report.Classes.MinBy(c => c.Pictures)!;
        fact("classes", Invariant($"{report.Classes.Count}"));
        fact("imbalance", largest.Pictures == smallest.Pictures
            ? Invariant($"none: {largest.Pictures} pictures of each")
            : Invariant($"{report.Imbalance:0.0} ({largest.Name} {largest.Pictures}, {smallest.Name} {smallest.Pictures}){(report.Imbalance >= StrongImbalance ? "; look at balanced accuracy, and train with class weights" : "")}"));
        fact("always the largest", Invariant($"{largest.Name} is right for {100 * report.LargestShare:0.0} %: a classifier must do better"));
        fact("same picture twice", Invariant($"{report.Duplicates.Count} groups, {report.DuplicatesAcrossSplits} of them across splits, {report.DuplicatesAcrossClasses} across classes"));
    }

    /// <summary>A row a class, with a column for each split where there are some.</summary>
    private static void Classes(LabelledDatasetReport report, TextWriter text)
    {
        string[] splits = [.. report.Splits.Keys.Where(name => report.Splits.Count > 1 || name != "none")];
        TextTable.Write(text, ["class", "pictures", .. splits],
            [.. report.Classes.Select(c => (IReadOnlyList<string>)[c.Name, Invariant($"{c.Pictures}"), .. splits.Select(name => Invariant($"{c.Splits.GetValueOrDefault(name)}"))])]);
    }

    private static void Problems(string kind, IReadOnlyList<DatasetProblem> problems, TextWriter text)
    {
        foreach (var problem in problems) text.WriteLine($"{kind}: {problem.Where}: {problem.Reason}");
    }

    private static string Across(bool splits, bool classes) => $"{(splits ? " across splits" : "")}{(classes ? " across classes" : "")}";

    private static string Counts(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.Select(count => Invariant($"{count.Key} {count.Value}")));

    private static string Range(NumberRange range) =>
        range.Min == range.Max ? Invariant($"{range.Min}") : Invariant($"{range.Min} to {range.Max}, mean {range.Mean:0.0}");
}

/// <summary>A cost quote as a small table.</summary>
internal static class CostQuoteText
{
    public static void Write(TextWriter text, CostQuote quote)
    {
        List<string[]> rows = [];
        foreach (var e in quote.Embeddings)
            rows.Add([$"embed up to {e.Cut}", FormattableString.Invariant($"{e.Missing} of {e.Embeddings} embeddings missing"), Time(e.Seconds), Units.Bytes(e.Bytes)]);
        foreach (var p in quote.Phases)
            rows.Add([$"train, phase {p.Phase}", FormattableString.Invariant($"{p.Epochs} epochs of {p.StepsAnEpoch} steps, {p.DevPictures} dev pictures scored after each"), Time(p.Seconds), ""]);
        if (quote.Phases.Count == 0) rows.Add(["fit the head", "in one go, not measured: seconds to a minute", "", ""]);
        rows.Add(["checkpoints and bundle", "", "", Units.Bytes(quote.RunBytes)]);
        rows.Add(["all", FormattableString.Invariant($"{quote.TrainPictures} training pictures in {quote.Views} view{(quote.Views == 1 ? "" : "s")}, {quote.DevPictures} dev pictures"), Time(quote.Seconds), Units.Bytes(quote.CacheBytes + quote.RunBytes)]);
        TextTable.Write(text, ["part", "of", "time", "disk"], rows);
        text.WriteLine($"Memory: about {Units.Bytes(quote.MemoryBytes)}; embeddings are mapped from the disk besides. Phases that stop early take less time.");
    }

    private static string Time(double seconds) => Units.Duration(TimeSpan.FromSeconds(seconds));
}
