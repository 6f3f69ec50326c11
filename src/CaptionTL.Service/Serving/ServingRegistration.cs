using System.ComponentModel.DataAnnotations;
using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
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
        builder.Services.AddSingleton<ImageAsker>();
        builder.Services.AddSingleton<CaptionAsker>();
        builder.Services.AddSingleton<ClassAsker>();
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddHostedService<WarmUp>();
    }

    public static void MapServing(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").WithTags("Ask").RequireScope(ApiScope.Caption);
        Describe(api.MapPost("/caption", CaptionEndpoint.HandleAsync), "Caption", "Captions of one or more images.")
            .WithDescription("Options may stand in the query, the form or the JSON. Of several images, each that cannot be read has a "
            + "problem in its place; a single one gives the request its status. With stream=true, or where text/event-stream is "
            + "accepted: events \"words\" with the sentence that leads so far, then \"caption\" with the whole answer, or \"problem\".")
            .Produces<CaptionAnswer>().TakesImages([
                ("model", JsonSchemaType.String, "Name, or name@version; the default model when left out"),
                ("attention", JsonSchemaType.Boolean, "Where the network looked for every word"),
                ("stream", JsonSchemaType.Boolean, "Words as they come, as events"),
                .. DecodingOption.All.Select(o => (o.Name, TypeOf(o.Kind), $"{o.Help}; the model's own when left out"))]);
        Describe(api.MapPost("/classify", ClassEndpoint.HandleAsync), "Classify", "Classes of one or more images, with calibrated "
            + "probabilities.")
            .WithDescription("Options may stand in the query, the form or the JSON. Where no class is probable enough, class is left "
            + "out: unknown.")
            .Produces<ClassAnswer>().TakesImages(
                ("model", JsonSchemaType.String, "Name, or name@version; the default model when left out"),
                ("topK", JsonSchemaType.Integer, "Classes for each image, the most probable first (5)"),
                ("threshold", JsonSchemaType.Number, "Least probability of an answer, 0 to 1 (0)"));
        Describe(app.MapPost("/hf/{task}", HuggingFaceEndpoint.HandleAsync).WithTags("Hugging Face").RequireScope(ApiScope.Caption),
            "HuggingFace", "Hugging Face's shapes for image-to-text and image-classification.").TakesImages();
        app.MapKServe();
        app.MapGet("/health/live", () => Results.Text("live")).WithTags("Health").WithSummary("The process answers.");
        app.MapGet("/health/ready", async (Readiness readiness) => await readiness.IsReadyAsync() ? Results.Text("ready")
            : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable)).WithTags("Health")
            .WithSummary("The default model answers its canary.");
    }

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

/// <summary>How questions about images are answered; section "CaptionTL:Serving".</summary>
public sealed class ServingOptions
{
    public const string Section = ServiceOptions.Section + ":Serving";

    /// <summary>Images that go through a model at once.</summary>
    [Range(1, 256)]
    public int MaxBatch { get; set; } = 16;

    /// <summary>
    /// How long a model that is free waits for company of an image. Waits only while questions come at once (the last batch had
    /// more than one image), so that a single asker is answered without delay.
    /// </summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMilliseconds(4);

    /// <summary>Images that may wait for a model; more are refused with 503.</summary>
    [Range(1, 100_000)]
    public int QueueLength { get; set; } = 256;

    /// <summary>Requests in hand at once; more are refused with 503 before they are read.</summary>
    [Range(1, 100_000)]
    public int MaxRequests { get; set; } = 128;

    /// <summary>Bytes of all requests in hand.</summary>
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

    /// <summary>Answers kept, so that the same image with the same options is answered at once; 0 keeps none.</summary>
    [Range(0, 10_000_000)]
    public int CachedAnswers { get; set; } = 2000;

    /// <summary>Bytes that kept answers may take, estimated: those with attention maps have thousands of numbers.</summary>
    [Range(1 << 10, long.MaxValue)]
    public long CachedAnswerBytes { get; set; } = 64L << 20;

    /// <summary>Models in memory at once; the one not asked for longest makes room.</summary>
    [Range(1, 100)]
    public int LoadedModels { get; set; } = 3;

    /// <summary>Load the default model at the start instead of at the first question.</summary>
    public bool WarmUp { get; set; } = true;

    internal ImageLimits ImageLimits => new() { MaxBytes = MaxRequestBytes, MaxPixels = MaxPixels };
}

/// <summary>Loads the default model once the service answers, so that whoever asks first does not wait for it.</summary>
internal sealed class WarmUp(Readiness readiness, IHostApplicationLifetime lifetime, IOptions<ServingOptions> options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.WarmUp) return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await readiness.IsReadyAsync(); // what is wrong, whoever asks is told; /health/ready says so too
    }
}

/// <summary>
/// Whether the service can answer: the default model loads, and its canary's embedding is as it was when the model was made.
/// </summary>
internal sealed class Readiness(ModelHost models, IModelCatalog catalog)
{
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            // A service with classifiers only is ready with its first classifier.
            if (catalog.All.All(m => m.Task != "caption") && catalog.All.Count > 0)
                await using (await models.ClassifierAsync(null)) return true;
            await using (await models.CaptionerAsync(null)) return true;
        }
        catch (Exception e) when (e is ApiException or CaptionTLException)
        {
            return false;
        }
    }
}
