using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CaptionTL.IO;

namespace CaptionTL.Training.Plans;

/// <summary>Plans as JSON files that people read, edit and pass back.</summary>
public static class PlanFile
{
    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions Reading = new(Json.Indented)
    {
        AllowOutOfOrderMetadataProperties = true, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    };

    // All values are written, so that those that are null by default can be found too.
    private static readonly JsonSerializerOptions Complete = new(Json.Indented) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    /// <summary>The plan as a file, with every value that can be changed.</summary>
    public static string Write(TransferPlan plan) => JsonSerializer.Serialize(plan, Complete) + "\n";

    /// <summary>A preset by its name, or a file.</summary>
    /// <exception cref="CaptionTLException">There is neither, or the file is not a plan; the message says where the error is.</exception>
    public static TransferPlan Open(string nameOrPath)
    {
        if (!File.Exists(nameOrPath)) return PlanPresets.Find(nameOrPath);
        var length = new FileInfo(nameOrPath).Length;
        if (length > MaxBytes)
            throw new CaptionTLException($"{nameOrPath} has {length} bytes, which is too large for a plan. 'captiontl plan show "
                + "caption' prints one.");
        return Parse(File.ReadAllText(nameOrPath), nameOrPath);
    }

    /// <exception cref="CaptionTLException">The text is not a plan; the message says where the error is.</exception>
    public static TransferPlan Parse(string text, string place)
    {
        try
        {
            return (JsonSerializer.Deserialize<TransferPlan>(text, Reading) ?? throw new CaptionTLException($"{place} is empty."))
                .Validated();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new CaptionTLException($"{place} is not a plan: {Explain(e)} 'captiontl plan show caption' prints one.", inner: e);
        }
    }

    /// <summary>A plan with some values changed.</summary>
    /// <param name="plan">Stays as it is.</param>
    /// <param name="changes">Each PATH=VALUE, with the names of the file: phases[1].epochs=5, head.hidden=256, backbone=resnet50,
    /// layer=null.</param>
    /// <exception cref="CaptionTLException">There is no such value, or it cannot be set to that.</exception>
    public static TransferPlan With(TransferPlan plan, IEnumerable<string> changes)
    {
        foreach (var change in changes)
        {
            var equals = change.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new CaptionTLException($"'{change}' does not change a plan; write PATH=VALUE, for instance phases[0].epochs=5.");
            var (path, value) = (change[..equals].Trim(), change[(equals + 1)..].Trim());
            var root = JsonSerializer.SerializeToNode(plan, Complete)!;
            Set(root, path, value, change);
            plan = Parse(root.ToJsonString(), $"'{change}'");
        }
        return plan;
    }

    private static void Set(JsonNode root, string path, string value, string change)
    {
        var node = root;
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < steps.Length; i++)
        {
            var (step, last) = (steps[i], i == steps.Length - 1);
            if (step.StartsWith('['))
            {
                if (node is not JsonArray array || !int.TryParse(step.Trim('[', ']'), NumberStyles.None, CultureInfo.InvariantCulture,
                    out var index) || index >= array.Count)
                    throw new CaptionTLException($"'{change}': the plan has no "
                        + $"{path[..(path.IndexOf(step, StringComparison.Ordinal) + step.Length)]}.");
                if (last) array[index] = Value(value);
                else node = array[index]!;
            }
            else
            {
                if (node is not JsonObject names)
                    throw new CaptionTLException($"'{change}': the plan has no '{step}' there. It has a list: name its entries [0], [1] "
                        + "and so on.");
                if (!names.ContainsKey(step))
                    throw new CaptionTLException($"'{change}': the plan has no '{step}' there. It has: "
                        + $"{string.Join(", ", names.Select(p => p.Key))}.");
                if (last) names[step] = Value(value);
                else node = names[step]
                    ?? throw new CaptionTLException($"'{change}': '{step}' is not set, so it has no '{steps[i + 1]}'.");
            }
        }
    }

    // The serializer's messages name .NET types and byte positions; a person looks for the value.
    private static string Explain(Exception e)
    {
        if (e is not JsonException { Path: { } path } json) return e.Message;
        var line = json.LineNumber > 0 ? FormattableString.Invariant($" (line {json.LineNumber + 1})") : "";
        var name = path.TrimStart('$', '.');
        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal)) return $"there is no '{name}' in it{line}.";
        if (e.Message.Contains("could not be converted", StringComparison.Ordinal))
            return name.Length > 0 ? $"'{name}' cannot be that{line}." : "it must be an object, { … }.";
        return e.Message.Split(" Path:")[0];
    }

    // What reads as JSON is JSON; everything else is text.
    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
