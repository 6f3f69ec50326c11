using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Bodies and options of the endpoints that take pictures, for the description of the API: they read the request themselves, since
/// one address takes forms, raw bytes and JSON.
/// </summary>
internal static class RequestDescription
{
    public static RouteHandlerBuilder TakesPictures(this RouteHandlerBuilder endpoint, params (string Name, JsonSchemaType Type, string Description)[] options) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = Body();
            operation.Parameters = [.. operation.Parameters ?? [], .. options.Select(o => new OpenApiParameter { Name = o.Name, In = ParameterLocation.Query, Description = o.Description, Schema = new OpenApiSchema { Type = o.Type } })];
            return Task.CompletedTask;
        });

    private static OpenApiRequestBody Body() => new()
    {
        Required = true,
        Description = "Pictures (JPEG, PNG, WebP, GIF, BMP, TIFF) as a form, as the bytes of one, or as JSON: base64, or the address of each where the service fetches pictures.",
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["multipart/form-data"] = new() { Schema = Object(("image", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Binary() })) },
            ["image/jpeg"] = new() { Schema = Binary() },
            ["application/octet-stream"] = new() { Schema = Binary() },
            ["application/json"] = new()
            {
                Schema = Object(
                    ("images", new OpenApiSchema { Type = JsonSchemaType.Array, Items = Object(("name", Text()), ("data", new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" }), ("url", Url())) }),
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
        Description = "Instead of data: an https address on the public internet. Only where CaptionTL:Fetching:Enabled is set, otherwise the problem is fetching_disabled. What cannot be fetched is a problem in the picture's place.",
    };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}
