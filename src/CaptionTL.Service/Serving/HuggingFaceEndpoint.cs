using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Serving;

/// <summary>
/// POST /hf/{task}: the shapes of Hugging Face's inference API for image-to-text and image-classification, so that its own
/// clients get their answers here (endpointUrl: http://…/hf/image-to-text).
/// </summary>
internal static class HuggingFaceEndpoint
{
    public static async Task<IResult> HandleAsync(string task, HttpContext context, Admission admission, ImageRequestReader reader,
        CaptionAsker captions, ClassAsker classes)
    {
        using var admitted = admission.Enter(context);
        if (task is not ("image-to-text" or "image-classification"))
            throw ApiException.NotFound($"There is no task '{task}' here.", "image-to-text and image-classification are there.");
        var request = context.Request.HasJsonContentType() ? await InputsAsync(context)
            : await reader.ReadAsync(context.Request, admitted, context.RequestAborted);
        if (request.Images.Count > 1)
            throw ApiException.Invalid($"There are {request.Images.Count} images in the request.",
                "Hugging Face's shapes have one answer; /api/v1 takes several images.");
        if (task == "image-classification")
        {
            var answer = await classes.AskAsync(request, context.RequestAborted);
            return TypedResults.Ok(answer.Results[0].Classes!.Select(c => new { Label = c.Name, Score = c.Probability }));
        }
        var written = await captions.AskAsync(request, leading: null, context.RequestAborted);
        // Their own field is written with an underscore. Their JavaScript client wants the one object, their Python client a list.
        var texts = written.Results[0].Captions!.Select(c => new Dictionary<string, string> { ["generated_text"] = c.Text });
        return context.Request.Headers.UserAgent.ToString().Contains("hf_hub", StringComparison.Ordinal) ? TypedResults.Ok(texts)
            : TypedResults.Ok(texts.First());
    }

    // {"inputs": "…base64…", "parameters": {"top_k": 3}}
    private static async Task<ImageRequest> InputsAsync(HttpContext context)
    {
        JsonElement json;
        try
        {
            json = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            throw ApiException.Invalid("The JSON is not well formed, or cut off.");
        }
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("inputs", out var inputs)
            || inputs.ValueKind != JsonValueKind.String || !inputs.TryGetBytesFromBase64(out var bytes))
            throw ApiException.Invalid("The JSON has no image.", "Send {\"inputs\": \"…base64…\"}, or the bytes of an image as "
                + "the body.");
        var values = new RequestValues();
        if (json.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
            && parameters.TryGetProperty("top_k", out var top)) values.Add("topK", top.ToString());
        return new ImageRequest([new SentImage(null, bytes)], values);
    }
}

/// <summary>Health and metadata as the Open Inference Protocol (KServe v2) has them.</summary>
internal static class KServeEndpoints
{
    public static void MapKServe(this IEndpointRouteBuilder app)
    {
        var v2 = app.MapGroup("/v2").WithTags("KServe");
        v2.MapGet("/health/live", () => TypedResults.Ok(new { Live = true })).WithSummary("The process answers.");
        v2.MapGet("/health/ready", async (Readiness readiness) => await readiness.IsReadyAsync() ? Results.Ok(new { Ready = true })
            : Results.Json(new { Ready = false }, statusCode: StatusCodes.Status503ServiceUnavailable))
            .WithSummary("The default model answers.");
        v2.MapGet("/", () =>
            TypedResults.Ok(new { Name = "captiontl", Version = typeof(KServeEndpoints).Assembly.GetName().Version!.ToString(3),
            Extensions = Array.Empty<string>() })).WithSummary("What this server is.").RequireScope(ApiScope.Caption);
        v2.MapGet("/models/{name}", (string name, IModelCatalog catalog) => TypedResults.Ok(Metadata(Named(catalog, name))))
            .WithSummary("What a model takes and gives.").RequireScope(ApiScope.Caption);
        v2.MapGet("/models/{name}/ready", (string name, IModelCatalog catalog) =>
            TypedResults.Ok(new { Named(catalog, name).Name, Ready = true })).WithSummary("A model is there.")
            .RequireScope(ApiScope.Caption);
    }

    private static ServedModel Named(IModelCatalog catalog, string name) =>
        catalog.All.FirstOrDefault(m => m.Name == name) ?? throw ApiException.NotFound($"There is no model '{name}'.",
            "GET /api/v1/models lists them.");

    private static object Metadata(ServedModel model) => new
    {
        model.Name,
        Versions = new[] { model.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        Platform = "captiontl",
        Inputs = new[] { new { Name = "image", Datatype = "BYTES", Shape = new[] { -1 } } },
        Outputs = model.Task == "caption"
            ? new[] { new { Name = "caption", Datatype = "BYTES", Shape = new[] { -1 } } }
            : [new { Name = "class", Datatype = "BYTES", Shape = new[] { -1 } },
            new { Name = "probability", Datatype = "FP64", Shape = new[] { -1 } }],
    };
}
