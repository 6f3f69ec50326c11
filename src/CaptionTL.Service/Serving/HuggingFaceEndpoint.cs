using System.Text.Json;
using CaptionTL.Captions;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Serving;

/// <summary>
/// POST /hf/{task}: image-to-text and image-classification in the format of Hugging Face's inference API, so that its clients work with
/// this service (endpointUrl: http://…/hf/image-to-text).
/// </summary>
internal static class HuggingFaceEndpoint
{
    public static async Task<IResult> HandleAsync(string task, HttpContext context, Admission admission, ImageRequestReader reader,
        CaptionService captions, ClassService classes)
    {
        using var admitted = admission.Enter(context);
        if (task is not ("image-to-text" or "image-classification"))
            throw ApiException.NotFound($"There is no task '{task}'.", "The tasks are image-to-text and image-classification.");
        var request = context.Request.HasJsonContentType() ? await InputsAsync(context)
            : await reader.ReadAsync(context.Request, admitted, context.RequestAborted);
        if (request.Images.Count > 1)
            throw ApiException.Invalid($"The request has {request.Images.Count} images.",
                "Hugging Face's format has one answer; /api/v1 takes several images.");
        if (task == "image-classification")
        {
            var answer = await classes.AnswerAsync(request, context.RequestAborted);
            return TypedResults.Ok(answer.Results[0].Classes!.Select(c => new { Label = c.Name, Score = c.Probability }));
        }
        var parameters = request.Options.Read<CaptionParameters>(CaptionEndpoint.DecodingNames);
        var written = await captions.AnswerAsync(request, parameters, words: null, context.RequestAborted);
        // The field's name has an underscore. Hugging Face's JavaScript client expects one object, its Python client a list.
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
            throw ApiException.Invalid("The JSON is not well-formed, or is cut off.");
        }
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("inputs", out var inputs)
            || inputs.ValueKind != JsonValueKind.String || !inputs.TryGetBytesFromBase64(out var bytes))
            throw ApiException.Invalid("The JSON has no image.", "Send {\"inputs\": \"…base64…\"}, or the bytes of an image as "
                + "the body.");
        var options = new RequestOptions();
        if (json.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
            && parameters.TryGetProperty("top_k", out var top)) options.Add("topK", top.ToString());
        return new ImageRequest([new SentImage(null, bytes)], options);
    }
}

/// <summary>Health and metadata in the Open Inference Protocol (KServe v2).</summary>
internal static class KServeEndpoints
{
    public static void MapKServe(this IEndpointRouteBuilder app)
    {
        var v2 = app.MapGroup("/v2").WithTags("KServe");
        v2.MapGet("/health/live", () => TypedResults.Ok(new { Live = true })).WithSummary("The process answers.")
            .AllowAnonymous().DisableRateLimiting();
        v2.MapGet("/health/ready", async (Readiness readiness) => await readiness.IsReadyAsync() ? Results.Ok(new { Ready = true })
            : Results.Json(new { Ready = false }, statusCode: StatusCodes.Status503ServiceUnavailable))
            .WithSummary("The default model answers.").AllowAnonymous().DisableRateLimiting();
        v2.MapGet("/", () =>
            TypedResults.Ok(new { Name = "captiontl", Version = typeof(KServeEndpoints).Assembly.GetName().Version!.ToString(3),
            Extensions = Array.Empty<string>() })).WithSummary("What this server is.").RequireAuthorization(ApiScope.Caption);
        v2.MapGet("/models/{name}", (string name, ModelRegistry models) => TypedResults.Ok(Metadata(Named(models, name))))
            .WithSummary("A model's inputs and outputs.").RequireAuthorization(ApiScope.Caption);
        v2.MapGet("/models/{name}/ready", (string name, ModelRegistry models) =>
            TypedResults.Ok(new { Named(models, name).Name, Ready = true })).WithSummary("Whether a model is available.")
            .RequireAuthorization(ApiScope.Caption);
    }

    private static ServedModel Named(ModelRegistry models, string name) =>
        models.All.FirstOrDefault(m => m.Name == name) ?? throw ApiException.NotFound($"There is no model '{name}'.",
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
