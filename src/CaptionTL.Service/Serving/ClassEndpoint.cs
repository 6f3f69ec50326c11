using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using CaptionTL.Images;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CaptionTL.Service.Serving;

/// <summary>Options of POST /api/v1/classify.</summary>
internal sealed record ClassParameters
{
    [Description("Name, or name@version; the default model when left out")]
    public string? Model { get; init; }

    [Description("Number of classes for each image, the most probable first (5)")]
    [Range(1, int.MaxValue, ErrorMessage = "The option 'topK' must be at least 1.")]
    public int TopK { get; init; } = 5;

    [Description("Lowest probability of an answer, 0 to 1 (0)")]
    [Range(0.0, 1.0, ErrorMessage = "The option 'threshold' must be a probability from 0 to 1.")]
    public double Threshold { get; init; }
}

/// <summary>POST /api/v1/classify.</summary>
internal static class ClassEndpoint
{
    public static async Task<Ok<ClassAnswer>> HandleAsync(HttpContext context, Admission admission, ImageRequestReader reader,
        ClassService classes)
    {
        using var admitted = admission.Enter(context);
        var request = await reader.ReadAsync(context.Request, admitted, context.RequestAborted);
        return TypedResults.Ok(await classes.AnswerAsync(request, context.RequestAborted));
    }
}

/// <summary>Classifies the images of a request.</summary>
internal sealed class ClassService(ModelHost models, ImageAnswers images, ServiceMetrics metrics)
{
    /// <exception cref="Api.ApiException">An option is invalid, the model is unknown, or the queue is full.</exception>
    /// <exception cref="ImageException">The only image cannot be read.</exception>
    public async Task<ClassAnswer> AnswerAsync(ImageRequest request, CancellationToken cancellation)
    {
        var parameters = request.Options.Read<ClassParameters>();
        var clock = new AnswerClock("classify", metrics);
        await using var model = await models.ClassifierAsync(parameters.Model);
        var results = await images.AnswerAsync(model, request, new ClassQuestion(), clock, words: null, cancellation);
        return new ClassAnswer(model.Used, [.. results.Select(result => Classified(result, parameters))], clock.Timing());
    }

    private static ClassifiedImage Classified(ImageResult<Classification> answered, ClassParameters parameters) =>
        answered.Result is { } result
            ? new ClassifiedImage(answered.Image.Name, result.Answer(parameters.Threshold), [.. result.Ranked.Take(parameters.TopK)],
                Cached: answered.Cached)
            : new ClassifiedImage(answered.Image.Name, Problem: answered.Problem);
}
