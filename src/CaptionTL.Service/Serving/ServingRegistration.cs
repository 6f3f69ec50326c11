using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Serving;

/// <summary>Pictures in, captions and classes out.</summary>
internal static class ServingRegistration
{
    public static void AddServing(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ServingOptions>().BindConfiguration(ServingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ModelHost>();
        builder.Services.AddSingleton<Admission>();
        builder.Services.AddSingleton<PictureDecoding>();
        builder.Services.AddSingleton<AnswerCache>();
        builder.Services.AddSingleton<PictureRequestReader>();
        builder.Services.AddSingleton<PictureAsker>();
        builder.Services.AddSingleton<CaptionAsker>();
        builder.Services.AddSingleton<ClassAsker>();
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddHostedService<WarmUp>();
    }

    public static void MapServing(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1").WithTags("Ask").RequireScope(ApiScope.Caption);
        Describe(api.MapPost("/caption", CaptionEndpoint.HandleAsync), "Caption", "Captions of one or more pictures.")
            .WithDescription("Options may stand in the query, the form or the JSON. Of several pictures, each that cannot be read has a problem in its place; a single one gives the request its status. With stream=true, or where text/event-stream is accepted: events \"words\" with the sentence that leads so far, then \"caption\" with the whole answer, or \"problem\".")
            .Produces<CaptionAnswer>().TakesPictures(
                ("model", JsonSchemaType.String, "Name, or name@version; the default model when left out"),
                ("nBest", JsonSchemaType.Integer, "Captions for each picture, best first"),
                ("attention", JsonSchemaType.Boolean, "Where the network looked for every word"),
                ("stream", JsonSchemaType.Boolean, "Words as they come, as events"),
                ("beam", JsonSchemaType.Integer, "Captions followed at once; 1 is greedy"),
                ("minLength", JsonSchemaType.Integer, "Words at least"),
                ("maxLength", JsonSchemaType.Integer, "Words at most"),
                ("lengthNormalization", JsonSchemaType.Number, "Exponent of the length in a caption's score"),
                ("noRepeat", JsonSchemaType.Integer, "Runs of this many words occur once at most, and no word twice in a row; 0 allows any"),
                ("mirror", JsonSchemaType.Boolean, "Read the picture together with its mirror image; as the model does when left out"),
                ("checkThings", JsonSchemaType.Boolean, "Write captions again that the network's own classes contradict; as the model does when left out"),
                ("topP", JsonSchemaType.Number, "Draw words at random from the likeliest that reach this probability"),
                ("temperature", JsonSchemaType.Number, "Of the drawing: below 1 bolder, above 1 more varied"),
                ("seed", JsonSchemaType.Integer, "Of the drawing"));
        Describe(api.MapPost("/classify", ClassEndpoint.HandleAsync), "Classify", "Classes of one or more pictures, with calibrated probabilities.")
            .WithDescription("Options may stand in the query, the form or the JSON. Where no class is probable enough, class is left out: unknown.")
            .Produces<ClassAnswer>().TakesPictures(
                ("model", JsonSchemaType.String, "Name, or name@version; the default model when left out"),
                ("topK", JsonSchemaType.Integer, "Classes for each picture, the most probable first (5)"),
                ("threshold", JsonSchemaType.Number, "Least probability of an answer, 0 to 1 (0)"));
        Describe(app.MapPost("/hf/{task}", HuggingFaceEndpoint.HandleAsync).WithTags("Hugging Face").RequireScope(ApiScope.Caption), "HuggingFace", "Hugging Face's shapes for image-to-text and image-classification.").TakesPictures();
        app.MapKServe();
        app.MapGet("/health/live", () => Results.Text("live")).WithTags("Health").WithSummary("The process answers.");
        app.MapGet("/health/ready", async (Readiness readiness) => await readiness.IsReadyAsync() ? Results.Text("ready") : Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable)).WithTags("Health").WithSummary("The default model answers its canary.");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .WithName(name).WithSummary(summary)
        .ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503);
}
