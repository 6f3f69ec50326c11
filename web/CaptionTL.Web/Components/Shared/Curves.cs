using System.Text.Json;

namespace CaptionTL.Web.Components.Shared;

/// <summary>Lines of a run's metrics as curves; grows while the run goes on.</summary>
public sealed class RunCurves
{
    private static readonly HashSet<string> NotMeasured = ["phaseIndex", "epoch", "step", "seconds"];

    private readonly Dictionary<string, List<CurvePoint>> _steps = [], _epochs = [];
    private readonly Dictionary<int, double> _phaseEnds = [];

    /// <summary>Lines read so far: where to go on.</summary>
    public int Next { get; private set; }

    /// <summary>The loss of training, step by step; epoch by epoch where these are too short for steps to be noted.</summary>
    public IReadOnlyList<CurvePoint> Loss => Thinned(Of(_steps, "loss") is { Count: > 1 } steps ? steps : Of(_epochs, "loss"));

    /// <summary>Names of what is measured after every epoch.</summary>
    public IReadOnlyList<string> Scores => [.. _epochs.Keys.Where(name => name is not "loss")];

    public IReadOnlyList<CurvePoint> Score(string name) => Of(_epochs, name);

    /// <summary>Takes in what came since; starts over where the run was taken up again from a checkpoint.</summary>
    public void Add(IReadOnlyList<JsonElement> lines, int next)
    {
        ArgumentNullException.ThrowIfNull(lines);
        if (next < Next) Clear();
        else foreach (var line in lines) Add(line);
        Next = next < Next ? 0 : next;
    }

    private void Clear()
    {
        _steps.Clear();
        _epochs.Clear();
        _phaseEnds.Clear();
    }

    private void Add(JsonElement line)
    {
        var curves = Text(line, "kind") == "epoch" ? _epochs : _steps;
        var at = Step(line);
        foreach (var property in line.EnumerateObject()
            .Where(p => p.Value.ValueKind == JsonValueKind.Number && !NotMeasured.Contains(p.Name)))
        {
            if (!curves.TryGetValue(property.Name, out var points)) curves[property.Name] = points = [];
            points.Add(new CurvePoint(at, property.Value.GetDouble()));
        }
    }

    // Steps are counted anew in every phase; here they go on.
    private double Step(JsonElement line)
    {
        var phase = line.TryGetProperty("phaseIndex", out var index) && index.TryGetInt32(out var number) ? number : 0;
        var step = line.TryGetProperty("step", out var value) && value.TryGetDouble(out var count) ? count : 0;
        var before = _phaseEnds.Where(p => p.Key < phase).Sum(p => p.Value);
        _phaseEnds[phase] = Math.Max(step, _phaseEnds.GetValueOrDefault(phase));
        return before + step;
    }

    private static IReadOnlyList<CurvePoint> Of(Dictionary<string, List<CurvePoint>> curves, string name) =>
        curves.TryGetValue(name, out var points) ? [.. points] : [];

    private static IReadOnlyList<CurvePoint> Thinned(IReadOnlyList<CurvePoint> points)
    {
        var every = 1 + points.Count / CurveChart.MostPoints;
        return every == 1 ? points : [.. points.Where((_, i) => i % every == 0 || i == points.Count - 1)];
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>A line of a chart.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Points">From left to right.</param>
public sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points);

/// <summary>A value of a curve.</summary>
/// <param name="Step">Where it stands, from the beginning of the run.</param>
/// <param name="Value">Its height.</param>
public sealed record CurvePoint(double Step, double Value);
