using System.Globalization;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Components.Shared;

/// <summary>Numbers as people read them.</summary>
public static class Units
{
    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => Text(bytes / (double)(1L << 30)) + " GB",
        >= 1L << 20 => Text(bytes / (double)(1L << 20)) + " MB",
        >= 1L << 10 => Text(bytes / (double)(1L << 10)) + " KB",
        _ => bytes.ToString(CultureInfo.InvariantCulture) + " B",
    };

    /// <summary>1,234,567 as "1.23 M".</summary>
    public static string Large(long number) => number switch
    {
        >= 1_000_000_000 => Text(number / 1e9) + " G",
        >= 1_000_000 => Text(number / 1e6) + " M",
        >= 10_000 => Text(number / 1e3) + " k",
        _ => Count(number),
    };

    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Count(long number, string one, string many) => $"{Count(number)} {(number == 1 ? one : many)}";

    /// <summary>"12 captions" or "3 classes".</summary>
    public static string Described(DataSetInfo set) =>
        set.Kind == DataSetKind.Captions ? Count(set.Captions, "caption", "captions") : Count(set.Classes.Count, "class", "classes");

    /// <summary>"1280 × 7 × 7".</summary>
    public static string Shape(IEnumerable<long>? sizes) => sizes is null ? "–" : string.Join(" × ", sizes);

    public static string Duration(double seconds) => seconds switch
    {
        < 1 => "less than a second",
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 3600):0} h {seconds % 3600 / 60:0} min"),
    };

    /// <summary>How long ago, up to a day; else the day.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now) => (now - time).TotalSeconds switch
    {
        < 45 => "just now",
        < 86_400 and var seconds => Duration(seconds) + " ago",
        _ => time.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>A score from 0 to 1 with three digits.</summary>
    public static string Score(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);

    public static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);

    /// <summary>"bleu4" as "BLEU-4": scores as the field writes them.</summary>
    public static string ScoreName(string name) => name switch
    {
        "ciderD" => "CIDEr-D",
        "rougeL" => "ROUGE-L",
        "meteor" => "METEOR",
        "f1" or "macroF1" => name == "f1" ? "F1" : "macro F1",
        _ when name.StartsWith("bleu", StringComparison.Ordinal) => $"BLEU-{name[4..]}",
        _ => string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : c.ToString())),
    };

    private static string Text(double number) =>
        number.ToString(number < 10 ? "0.##" : number < 100 ? "0.#" : "0", CultureInfo.InvariantCulture);
}

/// <summary>The small line below an answer: how long it took, who answered, what was sent.</summary>
public static class AnswerFacts
{
    public static string Of(PickedImage image, AnswerTiming timing, ModelUsed model)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(timing);
        ArgumentNullException.ThrowIfNull(model);
        var scaled = image.ScaledFrom is { } size ? $" · sent smaller than its {size}" : "";
        // of a kept answer the model knows nothing
        var time = timing.Model > 0 ? string.Create(CultureInfo.InvariantCulture, $"{timing.Total:0} ms") : "asked before";
        return string.Create(CultureInfo.InvariantCulture, $"{time} · {model.Name} {model.Version}{scaled}");
    }
}
