using CaptionTL.Training.Quotes;

namespace CaptionTL.Cli.Output;

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
