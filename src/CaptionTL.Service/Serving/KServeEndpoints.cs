using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Serving;

/// <summary>Health and metadata as the Open Inference Protocol (KServe v2) has them.</summary>
internal static class KServeEndpoints
{
    public static void MapKServe(this IEndpointRouteBuilder app)
    {
        var v2 = app.MapGroup("/v2").WithTags("KServe");
        v2.MapGet("/health/live", () => TypedResults.Ok(new { Live = true })).WithSummary("The process answers.");
        v2.MapGet("/health/ready", async (Readiness readiness) => await readiness.IsReadyAsync() ? Results.Ok(new { Ready = true }) : Results.Json(new { Ready = false }, statusCode: StatusCodes.Status503ServiceUnavailable)).WithSummary("The default model answers.");
        v2.MapGet("/", () => TypedResults.Ok(new { Name = "captiontl", Version = typeof(KServeEndpoints).Assembly.GetName().Version!.ToString(3), Extensions = Array.Empty<string>() })).WithSummary("What this server is.").RequireScope(ApiScope.Caption);
        v2.MapGet("/models/{name}", (string name, IModelCatalog catalog) => TypedResults.Ok(Metadata(Named(catalog, name)))).WithSummary("What a model takes and gives.").RequireScope(ApiScope.Caption);
        v2.MapGet("/models/{name}/ready", (string name, IModelCatalog catalog) => TypedResults.Ok(new { Named(catalog, name).Name, Ready = true })).WithSummary("A model is there.").RequireScope(ApiScope.Caption);
    }

    private static ServedModel Named(IModelCatalog catalog, string name) =>
        catalog.All.FirstOrDefault(m => m.Name == name) ?? throw ApiException.NotFound($"There is no model '{name}'.", "GET /api/v1/models lists them.");

    private static object Metadata(ServedModel model) => new
    {
        model.Name,
        Versions = new[] { model.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        Platform = "captiontl",
        Inputs = new[] { new { Name = "image", Datatype = "BYTES", Shape = new[] { -1 } } },
        Outputs = model.Task == "caption"
            ? new[] { new { Name = "caption", Datatype = "BYTES", Shape = new[] { -1 } } }
            : [new { Name = "class", Datatype = "BYTES", Shape = new[] { -1 } }, new { Name = "probability", Datatype = "FP64", Shape = new[] { -1 } }],
    };
}
