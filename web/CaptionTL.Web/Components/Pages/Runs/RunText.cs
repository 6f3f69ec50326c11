using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Components.Pages.Runs;

/// <summary>Runs in few words.</summary>
public static class RunText
{
    /// <summary>What the plan does: head, backbone, phases.</summary>
    public static string Plan(Run run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Parts.Count > 0) return $"race of {run.Parts.Count}";
        if (run.Plan is not { ValueKind: JsonValueKind.Object } plan) return "";
        var phases = plan.TryGetProperty("phases", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray()
            .Select(phase => Text(phase, "name")).ToList() : [];
        var head = plan.TryGetProperty("head", out var top) ? Text(top, "model") is { Length: > 0 } model ? model : Text(top, "kind") : "";
        return $"{head} on {Text(plan, "backbone")}{(phases.Count > 0 ? ": " + string.Join(", ", phases) : "")}";
    }

    public static string MainScore(Run run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run is { Scores: { } scores, MainScore: { } main } && scores.TryGetValue(main, out var score)
            ? $"{Units.ScoreName(main)} {Units.Score(score)}" : "";
    }

    /// <summary>Values of the plans that are not the same in all runs: path, and the value in each.</summary>
    public static IReadOnlyList<(string Path, IReadOnlyList<string> Values)> Differences(IReadOnlyList<Run> runs)
    {
        var plans = runs.Select(run => run.Plan is { } plan ? Flat(plan, "").ToDictionary() : []).ToList();
        var paths = plans.SelectMany(plan => plan.Keys).Distinct();
        return [.. paths.Select(path => (path, (IReadOnlyList<string>)[.. plans.Select(plan => plan.GetValueOrDefault(path, "–"))]))
            .Where(row => row.Item2.Distinct().Count() > 1)];
    }

    private static IEnumerable<KeyValuePair<string, string>> Flat(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => Flat(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}")),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Flat(item, $"{path}[{i}]")),
        JsonValueKind.Null => [],
        _ => [new(path, value.ToString())],
    };

    private static string Text(JsonElement value, string name) => value.TryGetProperty(name, out var text) ? text.ToString() : "";
}
