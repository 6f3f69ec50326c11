using System.ComponentModel.DataAnnotations;
using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Serving;

/// <summary>Images in, captions and classes out.</summary>
internal static class ServingRegistration
{
    public static void AddServing(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ServingOptions>().BindConfiguration(ServingOptions.Section).ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ModelHost>();
        builder.Services.AddSingleton<Admission>();
        builder.Services.AddSingleton<ImageDecoding>();
        builder.Services.AddSingleton<AnswerCache>();
        builder.Services.AddSingleton<ImageRequestReader>();
        builder.Services.AddSingleton<ImageAnswers>();
        builder.Services.AddSingleton<CaptionService>();
        builder.Services.AddSingleton<ClassService>();
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddHostedService<WarmUp>();
    }

    public static void MapServing(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").WithTags("Ask").RequireAuthorization(ApiScope.Caption);
        Describe(api.MapPost("/caption", CaptionEndpoint.HandleAsync), "Caption", "Captions of one or more images.")
            .WithDescription("Options may be in the query, the form or the JSON. Of several images, each that cannot be read has a "
                + "problem in its place; the problem of a single image gives the request its status. With stream=true, or where "
                + "text/event-stream is accepted, the answer is events: \"words\" with the words that lead so far, then \"caption\" with "
                + "the whole answer, or \"problem\".")
            .Produces<CaptionAnswer>().TakesImages([.. RequestOptions.Describe<CaptionParameters>(),
                .. DecodingOption.All.Select(Described)]);
        Describe(api.MapPost("/classify", ClassEndpoint.HandleAsync), "Classify",
                "Classes of one or more images, with calibrated probabilities.")
            .WithDescription("Options may be in the query, the form or the JSON. Where no class is probable enough, class is left out: "
                + "unknown.")
            .Produces<ClassAnswer>().TakesImages(RequestOptions.Describe<ClassParameters>());
        Describe(app.MapPost("/hf/{task}", HuggingFaceEndpoint.HandleAsync), "HuggingFace",
                "Hugging Face's format for image-to-text and image-classification.")
            .WithTags("Hugging Face").RequireAuthorization(ApiScope.Caption).TakesImages();
        app.MapKServe();
        var health = app.MapGroup("/health").WithTags("Health").AllowAnonymous().DisableRateLimiting();
        health.MapGet("/live", () => Results.Text("live")).WithSummary("The process answers.");
        health.MapGet("/ready", async (Readiness readiness) => await readiness.IsReadyAsync() ? Results.Text("ready")
                : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable))
            .WithSummary("The default model loads and reproduces the embedding of its canary image.");
    }

    private static RequestOption Described(DecodingOption option) =>
        new(option.Name, TypeOf(option.Kind), $"{option.Help}; the model's own when left out");

    private static JsonSchemaType TypeOf(DecodingKind kind) => kind switch
    {
        DecodingKind.Boolean => JsonSchemaType.Boolean,
        DecodingKind.Integer => JsonSchemaType.Integer,
        _ => JsonSchemaType.Number,
    };

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .WithName(name).WithSummary(summary)
        .ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503);
}

/// <summary>Limits for requests about images; section "CaptionTL:Serving" of the configuration.</summary>
public sealed class ServingOptions
{
    public const string Section = ServiceOptions.Section + ":Serving";

    /// <summary>Largest number of images in a batch.</summary>
    [Range(1, 256)]
    public int MaxBatch { get; set; } = 16;

    /// <summary>
    /// How long an idle model waits for more images to fill a batch. It waits only under load (the last batch had more than one image),
    /// so that a single client is answered without delay.
    /// </summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <summary>Images that may wait for a model; more are refused with 503.</summary>
    [Range(1, 100_000)]
    public int QueueLength { get; set; } = 256;

    /// <summary>Requests handled at once; more are refused with 503 before they are read.</summary>
    [Range(1, 100_000)]
    public int MaxRequests { get; set; } = 128;

    /// <summary>Bytes of all requests that are being handled.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long MaxBytesInHand { get; set; } = 512L << 20;

    /// <summary>Bytes of one request.</summary>
    [Range(1 << 10, int.MaxValue)]
    public long MaxRequestBytes { get; set; } = 64L << 20;

    /// <summary>Images of one request.</summary>
    [Range(1, 10_000)]
    public int MaxImages { get; set; } = 64;

    /// <summary>Width × height of an image.</summary>
    [Range(1 << 10, long.MaxValue)]
    public long MaxPixels { get; set; } = 100_000_000;

    /// <summary>Cached answers, so that the same image with the same options is answered at once; 0 caches none.</summary>
    [Range(0, 10_000_000)]
    public int CachedAnswers { get; set; } = 2000;

    /// <summary>Estimated bytes that cached answers may take: those with attention maps have thousands of numbers.</summary>
    [Range(1 << 10, long.MaxValue)]
    public long CachedAnswerBytes { get; set; } = 64L << 20;

    /// <summary>Models in memory at once; the least recently used one makes room for another.</summary>
    [Range(1, 100)]
    public int LoadedModels { get; set; } = 3;

    /// <summary>Load the default model at the start instead of at the first request.</summary>
    public bool WarmUp { get; set; } = true;

    internal ImageLimits ImageLimits => new() { MaxBytes = MaxRequestBytes, MaxPixels = MaxPixels };
}

/// <summary>Loads the default model as soon as the service listens, so that the first request does not wait for it.</summary>
internal sealed class WarmUp(Readiness readiness, IHostApplicationLifetime lifetime, IOptions<ServingOptions> options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.WarmUp) return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await readiness.IsReadyAsync(); // a failure is told by /health/ready and by every request
    }
}

/// <summary>
/// Whether the service can answer: the default model loads, and the embedding of its canary image is what it was when the model was
/// made.
/// </summary>
internal sealed class Readiness(ModelHost models, ModelRegistry registry)
{
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            // A service that has only classifiers is ready when its default classifier loads.
            if (registry.All.Count > 0 && registry.All.All(m => m.Task != "caption"))
                await using (await models.ClassifierAsync(null)) return true;
            await using (await models.CaptionerAsync(null)) return true;
        }
        catch (Exception e) when (e is ApiException or CaptionTLException)
        {
            return false;
        }
    }
}
