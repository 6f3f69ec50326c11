using System.Globalization;
using System.Text.Json.Nodes;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Bodies and options of the endpoints that take images, for the description of the API: they read the request themselves, since
/// one address takes forms, raw bytes and JSON.
/// </summary>
internal static class RequestDescription
{
    public static RouteHandlerBuilder TakesImages(this RouteHandlerBuilder endpoint,
        params (string Name, JsonSchemaType Type, string Description)[] options) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = Body();
            operation.Parameters = [.. operation.Parameters ?? [],
                .. options.Select(o => new OpenApiParameter { Name = o.Name, In = ParameterLocation.Query, Description = o.Description,
                Schema = new OpenApiSchema { Type = o.Type } })];
            return Task.CompletedTask;
        });

    private static OpenApiRequestBody Body() => new()
    {
        Required = true,
        Description = "Images (JPEG, PNG, WebP, GIF, BMP, TIFF) as a form, as the bytes of one, or as JSON: base64, or the address of "
            + "each where the service fetches images.",
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["multipart/form-data"] =
                new() { Schema = Object(("image", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Binary() })) },
            ["image/jpeg"] = new() { Schema = Binary() },
            ["application/octet-stream"] = new() { Schema = Binary() },
            ["application/json"] = new()
            {
                Schema = Object(
                    ("images", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Object(("name", Text()),
                        ("data", new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" }), ("url", Url())) }),
                    ("options", new OpenApiSchema { Type = JsonSchemaType.Object })),
                Example = JsonNode.Parse("""{"images": [{"name": "cat.jpg", "data": "/9j/4AAQSkZJRg…"}], "options": {}}"""),
            },
        },
    };

    private static OpenApiSchema Object(params (string Name, OpenApiSchema Schema)[] properties) =>
        new() { Type = JsonSchemaType.Object, Properties = properties.ToDictionary(p => p.Name, IOpenApiSchema (p) => p.Schema) };

    private static OpenApiSchema Binary() => new() { Type = JsonSchemaType.String, Format = "binary" };

    private static OpenApiSchema Url() => new()
    {
        Type = JsonSchemaType.String, Format = "uri",
        Description = "Instead of data: an https address on the public internet. Only where CaptionTL:Fetching:Enabled is set, "
            + "otherwise the problem is fetching_disabled. What cannot be fetched is a problem in the image's place.",
    };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}

/// <summary>Options of a request by name, from whichever place they came.</summary>
internal sealed class RequestValues
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ApiException">The option was given twice.</exception>
    public void Add(string name, string value)
    {
        if (!_values.TryAdd(name, value)) throw ApiException.Invalid($"The option '{name}' is given more than once.");
    }

    /// <exception cref="ApiException">There is an option of another name.</exception>
    public void RefuseOthers(params IReadOnlyList<string> known)
    {
        if (_values.Keys.FirstOrDefault(k => !known.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw ApiException.Invalid($"There is no option '{unknown}'.", $"These are there: {string.Join(", ", known)}.");
    }

    public string? Text(string name) => _values.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    public int? Whole(string name) => Parse<int>(name, "a whole number");

    public double? Number(string name) => Parse<double>(name, "a number");

    public bool Flag(string name) => Choice(name) ?? false;

    public bool? Choice(string name) => Text(name)?.ToLowerInvariant() switch
    {
        null => null,
        "0" or "false" => false,
        "1" or "true" or "on" => true,
        _ => throw ApiException.Invalid($"The option '{name}' is '{Text(name)}'; it must be true or false."),
    };

    private T? Parse<T>(string name, string what) where T : struct, IParsable<T> => Text(name) switch
    {
        null => null,
        var text when T.TryParse(text, CultureInfo.InvariantCulture, out var value) => value,
        var text => throw ApiException.Invalid($"The option '{name}' is '{text}'; it must be {what}."),
    };
}
