using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Options of a request by name, whether they came in its query, its form or its JSON. A record says which options an endpoint takes:
/// it is read from them, validated by its attributes, and described in the OpenAPI document.
/// </summary>
internal sealed class RequestOptions
{
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new FlagConverter() },
    };

    private readonly Dictionary<string, string> _given = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ApiException">The option was given twice.</exception>
    public void Add(string name, string value)
    {
        if (!_given.TryAdd(name, value)) throw ApiException.Invalid($"The option '{name}' is given more than once.");
    }

    /// <param name="others">Names of further options that the endpoint takes.</param>
    /// <exception cref="ApiException">An option is unknown, or its value is invalid.</exception>
    public T Read<T>(params IReadOnlyList<string> others) where T : class
    {
        var names = NamesOf<T>();
        IReadOnlyList<string> known = [.. names, .. others];
        if (_given.Keys.FirstOrDefault(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw ApiException.Invalid($"There is no option '{unknown}'.", $"The options are {string.Join(", ", known)}.");
        var json = new JsonObject();
        foreach (var name in names)
            if (Text(name) is { } text) json[name] = text;
        T options;
        try
        {
            options = json.Deserialize<T>(Reading)!;
        }
        catch (JsonException wrong)
        {
            var option = Describe<T>().First(o => wrong.Path == $"$.{o.Name}");
            throw ApiException.Invalid($"The option '{option.Name}' is '{_given[option.Name]}'; it must be {Expected(option.Type)}.");
        }
        var problems = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true) ? options
            : throw ApiException.Invalid(problems[0].ErrorMessage!);
    }

    /// <summary>The option as it was written; null where it was left out or empty.</summary>
    public string? Text(string name) => _given.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    public static IReadOnlyList<string> NamesOf<T>() => [.. Reading.GetTypeInfo(typeof(T)).Properties.Select(p => p.Name)];

    /// <summary>The properties of a record as options.</summary>
    public static IReadOnlyList<RequestOption> Describe<T>() =>
    [
        .. Reading.GetTypeInfo(typeof(T)).Properties.Select(p => new RequestOption(p.Name, TypeOf(p.PropertyType),
            p.AttributeProvider?.GetCustomAttributes(true).OfType<DescriptionAttribute>().FirstOrDefault()?.Description ?? "")),
    ];

    private static JsonSchemaType TypeOf(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Boolean => JsonSchemaType.Boolean,
        TypeCode.Int32 or TypeCode.Int64 => JsonSchemaType.Integer,
        TypeCode.Double => JsonSchemaType.Number,
        _ => JsonSchemaType.String,
    };

    private static string Expected(JsonSchemaType type) => type switch
    {
        JsonSchemaType.Boolean => "true or false",
        JsonSchemaType.Integer => "a whole number",
        JsonSchemaType.Number => "a number",
        _ => "text",
    };

    /// <summary>Booleans as people and forms write them.</summary>
    private sealed class FlagConverter : JsonConverter<bool>
    {
        public override bool Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetString()!.ToLowerInvariant() switch
            {
                "0" or "false" => false,
                "1" or "true" or "on" => true,
                _ => throw new JsonException(),
            };

        public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
    }
}

/// <summary>One option of an endpoint, for the OpenAPI document.</summary>
/// <param name="Name">As it is written in the query.</param>
/// <param name="Type">Of its value.</param>
/// <param name="Description">In a phrase.</param>
internal sealed record RequestOption(string Name, JsonSchemaType Type, string Description);

/// <summary>
/// Describes endpoints that take images in the OpenAPI document. They read the request themselves, since one address takes forms, raw
/// bytes and JSON.
/// </summary>
internal static class ImageRequestDescription
{
    public static RouteHandlerBuilder TakesImages(this RouteHandlerBuilder endpoint, params IReadOnlyList<RequestOption> options) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = Body();
            operation.Parameters = [.. operation.Parameters ?? [], .. options.Select(Parameter)];
            return Task.CompletedTask;
        });

    private static OpenApiParameter Parameter(RequestOption option) => new()
    {
        Name = option.Name,
        In = ParameterLocation.Query,
        Description = option.Description,
        Schema = new OpenApiSchema { Type = option.Type },
    };

    private static OpenApiRequestBody Body() => new()
    {
        Required = true,
        Description = "Images (JPEG, PNG, WebP, GIF, BMP, TIFF) as a form, as the bytes of one image, or as JSON: base64, or the address "
            + "of each where the service fetches images.",
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["multipart/form-data"] = new()
            {
                Schema = Object(("image", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Text("binary") })),
            },
            ["image/jpeg"] = new() { Schema = Text("binary") },
            ["application/octet-stream"] = new() { Schema = Text("binary") },
            ["application/json"] = new()
            {
                Schema = Object(
                    ("images", new OpenApiSchema
                    {
                        Type = JsonSchemaType.Array,
                        Items = Object(("name", Text()), ("data", Text("byte")), ("url", Url())),
                    }),
                    ("options", new OpenApiSchema { Type = JsonSchemaType.Object })),
                Example = JsonNode.Parse("""{"images": [{"name": "cat.jpg", "data": "/9j/4AAQSkZJRg…"}], "options": {}}"""),
            },
        },
    };

    private static OpenApiSchema Object(params (string Name, OpenApiSchema Schema)[] properties) =>
        new() { Type = JsonSchemaType.Object, Properties = properties.ToDictionary(p => p.Name, IOpenApiSchema (p) => p.Schema) };

    private static OpenApiSchema Text(string? format = null) => new() { Type = JsonSchemaType.String, Format = format };

    private static OpenApiSchema Url() => new()
    {
        Type = JsonSchemaType.String,
        Format = "uri",
        Description = "Instead of data: an https address on the public internet. Only where CaptionTL:Fetching:Enabled is set, otherwise "
            + "the problem is fetching_disabled. An image that cannot be fetched has a problem in its place.",
    };
}
