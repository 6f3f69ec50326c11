using System.Text.Json;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Http;

namespace CaptionTL.Service.Serving;

/// <summary>
/// POST /hf/{task}: the shapes of Hugging Face's inference API for image-to-text and image-classification, so that its own
/// clients get their answers here (endpointUrl: http://…/hf/image-to-text).
/// </summary>
internal static class HuggingFaceEndpoint
{
    public static async Task<IResult> HandleAsync(string task, HttpContext context, Admission admission, PictureRequestReader reader, CaptionAsker captions, ClassAsker classes)
    {
        using var admitted = admission.Enter(context);
        if (task is not ("image-to-text" or "image-classification")) throw ApiException.NotFound($"There is no task '{task}' here.", "image-to-text and image-classification are there.");
        var request = context.Request.HasJsonContentType() ? await InputsAsync(context) : await reader.ReadAsync(context.Request, admitted, context.RequestAborted);
        if (request.Pictures.Count > 1) throw ApiException.Invalid($"There are {request.Pictures.Count} pictures in the request.", "Hugging Face's shapes have one answer; /api/v1 takes several pictures.");
        if (task == "image-classification")
        {
            var answer = await classes.AskAsync(request, context.RequestAborted);
            return TypedResults.Ok(answer.Results[0].Classes!.Select(c => new { Label = c.Name, Score = c.Probability }));
        }
        var written = await captions.AskAsync(request, leading: null, context.RequestAborted);
        // Their own field is written with an underscore. Their JavaScript client wants the one object, their Python client a list.
        var texts = written.Results[0].Captions!.Select(c => new Dictionary<string, string> { ["generated_text"] = c.Text });
        return context.Request.Headers.UserAgent.ToString().Contains("hf_hub", StringComparison.Ordinal) ? TypedResults.Ok(texts) : TypedResults.Ok(texts.First());
    }

    // {"inputs": "…base64…", "parameters": {"top_k": 3}}
    private static async Task<PictureRequest> InputsAsync(HttpContext context)
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
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("inputs", out var inputs) || inputs.ValueKind != JsonValueKind.String || !inputs.TryGetBytesFromBase64(out var bytes))
            throw ApiException.Invalid("The JSON has no picture.", "Send {\"inputs\": \"…base64…\"}, or the bytes of a picture as the body.");
        var values = new RequestValues();
        if (json.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty("top_k", out var top)) values.Add("topK", top.ToString());
        return new PictureRequest([new SentPicture(null, bytes)], values);
    }
}
