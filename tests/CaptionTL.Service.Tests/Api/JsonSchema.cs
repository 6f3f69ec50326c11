using System.Text.Json;

namespace CaptionTL.Service.Tests.Api;

/// <summary>The part of JSON Schema that the description of the API uses.</summary>
internal sealed class JsonSchema(JsonElement document)
{
    /// <summary>Where and why a value does not fit; nothing where it does.</summary>
    public IEnumerable<string> Problems(JsonElement value, JsonElement schema, string at = "$")
    {
        if (schema.TryGetProperty("$ref", out var reference)) return Problems(value, Resolve(reference.GetString()!), at);
        foreach (var choice in (string[])["oneOf", "anyOf"])
            if (schema.TryGetProperty(choice, out var schemas))
                return schemas.EnumerateArray().Any(s => !Problems(value, s, at).Any()) ? [] : [$"{at} fits none of {choice}"];
        if (schema.TryGetProperty("enum", out var names))
            return names.EnumerateArray().Any(n => n.GetRawText() == value.GetRawText()) ? [] : [$"{at} is {value}, none of {names}"];
        if (schema.TryGetProperty("type", out var type) && !Types(type).Contains(TypeOf(value)))
            return [$"{at} is a {TypeOf(value)}, not a {type}"];
        return value.ValueKind switch
        {
            JsonValueKind.Object => OfObject(value, schema, at),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) =>
                value.EnumerateArray().SelectMany((item, i) => Problems(item, items, $"{at}[{i}]")),
            _ => [],
        };
    }

    private IEnumerable<string> OfObject(JsonElement value, JsonElement schema, string at)
    {
        var others = schema.TryGetProperty("additionalProperties", out var additional) ? additional : (JsonElement?)null;
        if (!schema.TryGetProperty("properties", out var properties)) properties = JsonSerializer.SerializeToElement(new { });
        if (schema.TryGetProperty("required", out var required))
            foreach (var name in required.EnumerateArray().Select(n => n.GetString()!))
                if (!value.TryGetProperty(name, out _)) yield return $"{at}.{name} is missing";
        foreach (var property in value.EnumerateObject())
        {
            var known = properties.TryGetProperty(property.Name, out var own) ? own : others;
            if (known is { ValueKind: JsonValueKind.Object } its)
                foreach (var problem in Problems(property.Value, its, $"{at}.{property.Name}")) yield return problem;
            else if (properties.EnumerateObject().Any())
                yield return $"{at}.{property.Name} is unknown";
        }
    }

    private JsonElement Resolve(string reference) => reference.Split('/').Skip(1).Aggregate(document, (at, name) => at.GetProperty(name));

    private static IEnumerable<string> Types(JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray()
        .SelectMany(Types) : type.GetString() is "number" ? ["number", "integer"] : [type.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        _ => "null",
    };
}
