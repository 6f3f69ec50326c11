using System.IO.Compression;
using System.Security.Claims;
using System.Text;
using CaptionTL.Models;
using CaptionTL.Models.Export;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.Registry;

/// <summary>/api/v1/models.</summary>
internal static class ModelEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/api/v1/models").WithTags("Models").RequireAuthorization(ApiScope.Caption);
        read.MapGet("", List).WithName("ListModels").WithSummary("All models with their versions");
        read.MapGet("/{name}", Get).WithName("GetModel").WithSummary("A model with its versions").ProducesProblem(404);
        read.MapGet("/{name}/versions/{version:int}", GetVersion).WithName("GetModelVersion").WithSummary("One version of a model")
            .ProducesProblem(404);
        read.MapGet("/{name}/versions/{version:int}/card", CardAsync).WithName("GetModelCard")
            .WithSummary("What it learned from, how good it is, its limits and licences, in Markdown").Produces<string>(200, "text/plain")
            .ProducesProblem(404);

        routes.MapGet("/api/v1/models/{name}/versions/{version:int}/bundle", Bundle).WithTags("Models")
            .RequireAuthorization(ApiScope.Train).WithName("DownloadModel")
            .WithSummary("The bundle, one file that predicts (captiontl caption --model FILE)")
            .Produces(200, contentType: "application/zip").ProducesProblem(404);

        routes.MapGet("/api/v1/models/{name}/versions/{version:int}/onnx", OnnxAsync).WithTags("Models")
            .RequireAuthorization(ApiScope.Train).WithName("ExportModel")
            .WithSummary("ONNX files for other programs, with labels or vocabulary and a README, in a zip")
            .Produces(200, contentType: "application/zip").ProducesProblem(404).ProducesProblem(422);

        var change = routes.MapGroup("/api/v1/models").WithTags("Models").RequireAuthorization(ApiScope.Admin);
        change.MapPost("/{name}/promote", Promote).WithName("PromoteModel").WithSummary("Use a version from now on, without a restart")
            .ProducesProblem(404);
        change.MapPost("/{name}/rollback", RollBack).WithName("RollBackModel").WithSummary("Back to the version that was in use before")
            .ProducesProblem(404).ProducesProblem(409);
        change.MapPost("/{name}/default", MakeDefault).WithName("MakeModelDefault")
            .WithSummary("Let this model answer its task where none is named").ProducesProblem(404).ProducesProblem(409);
        change.MapDelete("/{name}/versions/{version:int}", Delete).WithName("DeleteModelVersion")
            .WithSummary("Remove a version that is not in use").ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<Ok<IReadOnlyList<Model>>> List(ModelChanges models, CancellationToken cancellation) =>
        TypedResults.Ok(await models.ListAsync(cancellation));

    private static async Task<Ok<Model>> Get(string name, ModelChanges models, CancellationToken cancellation) =>
        TypedResults.Ok(await models.FindAsync(name, cancellation));

    private static async Task<Ok<ModelVersion>> GetVersion(string name, int version, ModelChanges models,
        CancellationToken cancellation) =>
        TypedResults.Ok(await models.FindAsync(name, version, cancellation));

    // As plain text, which browsers show.
    private static async Task<ContentHttpResult> CardAsync(string name, int version, ModelChanges models, CancellationToken cancellation)
    {
        using var bundle = ModelBundle.Open((await models.FindAsync(name, version, cancellation)).Path);
        return TypedResults.Text(Encoding.UTF8.GetString(bundle.Read(ModelBundle.CardEntry)), "text/plain", Encoding.UTF8);
    }

    private static async Task<PhysicalFileHttpResult> Bundle(string name, int version, ModelChanges models,
        CancellationToken cancellation) =>
        TypedResults.PhysicalFile((await models.FindAsync(name, version, cancellation)).Path, "application/zip",
            $"{name}-{version}{ModelBundle.Extension}", enableRangeProcessing: true);

    private static async Task<FileStreamHttpResult> OnnxAsync(string name, int version, ModelChanges models,
        CancellationToken cancellation)
    {
        var found = await models.FindAsync(name, version, cancellation);
        return TypedResults.Stream(await OnnxArchive.OpenAsync(found.Path, cancellation), "application/zip", $"{name}-{version}-onnx.zip");
    }

    private static async Task<Ok<Model>> Promote(string name, ModelPromotion? promotion, ModelChanges models, ClaimsPrincipal user,
        CancellationToken cancellation) =>
        TypedResults.Ok(await models.PromoteAsync(name, promotion?.Version, user.Identity?.Name, cancellation));

    private static async Task<Ok<Model>> RollBack(string name, ModelChanges models, CancellationToken cancellation) =>
        TypedResults.Ok(await models.RollBackAsync(name, cancellation));

    private static async Task<Ok<Model>> MakeDefault(string name, ModelChanges models, CancellationToken cancellation) =>
        TypedResults.Ok(await models.MakeDefaultAsync(name, cancellation));

    private static async Task<NoContent> Delete(string name, int version, ModelChanges models, CancellationToken cancellation)
    {
        await models.DeleteAsync(name, version, cancellation);
        return TypedResults.NoContent();
    }
}

/// <summary>A model's version as ONNX files in one zip, made when asked for and not kept.</summary>
internal static class OnnxArchive
{
    /// <param name="bundle">Path of the bundle.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The zip; closing it deletes its file.</returns>
    /// <exception cref="ApiException">The network cannot be written as ONNX.</exception>
    public static async Task<Stream> OpenAsync(string bundle, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("captiontl-onnx-").FullName;
        try
        {
            return await Task.Run(() => Make(bundle, folder), cancellation);
        }
        catch (CaptionTLException e) when (e.IsInput)
        {
            throw new ApiException(422, "export_impossible", DiscreetText.Of(e.Message), "The bundle itself can be downloaded.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static FileStream Make(string bundle, string folder)
    {
        OnnxExport.Write(bundle, folder);
        var zip = new FileStream($"{folder}.zip", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16,
            FileOptions.DeleteOnClose);
        ZipFile.CreateFromDirectory(folder, zip, CompressionLevel.NoCompression, includeBaseDirectory: false); // weights hardly compress
        zip.Position = 0;
        return zip;
    }
}
