using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Similar;

/// <summary>Why a model says what it says: what it learned from that is like the picture. POST /api/v1/similar.</summary>
internal static class SimilarRegistration
{
    public static void AddSimilar(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TrainingPictures>();
        builder.Services.AddSingleton<SimilarAsker>();
    }

    // Who asks sees pictures of a data set, which the scope caption does not open.
    public static void MapSimilar(this WebApplication app) => app.MapPost("/api/v1/similar", HandleAsync).WithTags("Ask").RequireScope(ApiScope.Train)
        .WithName("FindSimilar").WithSummary("The pictures that a model learned from and that are most like one, with their captions or class.")
        .WithDescription("By the cosine of averaged embeddings. The first question about a model reads its embeddings from the cache; later ones find them in memory. Models that were not trained on this service have none to show: the code is training_pictures_absent.")
        .ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503)
        .TakesPictures(
            ("model", JsonSchemaType.String, "Name, or name@version; the default captioner when left out"),
            ("count", JsonSchemaType.Integer, "Pictures to show (6)"));

    private static async Task<Ok<SimilarPictures>> HandleAsync(HttpContext context, Admission admission, PictureRequestReader reader, SimilarAsker asker)
    {
        using var admitted = admission.Enter(context);
        return TypedResults.Ok(await asker.AskAsync(await reader.ReadAsync(context.Request, admitted, context.RequestAborted), context.RequestAborted));
    }
}
