using System.Security.Claims;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace CaptionTL.Service.DataSets;

/// <summary>/api/v1/datasets: data sets, and the images of each.</summary>
internal static class DataSetEndpoints
{
    private const string Form = "multipart/form-data";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/datasets").WithTags("Data sets").RequireAuthorization(ApiScope.Train);
        group.MapGet("/", List).WithName("ListDataSets").WithSummary("The data sets.");
        group.MapPost("/", CreateAsync).WithName("CreateDataSet").WithSummary("Makes a data set of a zip archive or of images.")
            .WithDescription("curl -F name=bees -F file=@bees.zip, or images with what is known of them: curl -F name=bees -F "
                + "class=ants -F file=@1.jpg -F file=@2.jpg -F class=bees -F file=@3.jpg.")
            .Accepts<ImageUpload>(Form).ProducesProblem(409).ProducesProblem(413).ProducesProblem(422);
        group.MapGet("/{name}", GetAsync).WithName("GetDataSet").WithSummary("A data set, its history, and what a check of it found.")
            .ProducesProblem(404);
        group.MapDelete("/{name}", DeleteAsync).WithName("DeleteDataSet").WithSummary("Deletes a data set that nothing uses.")
            .ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{name}/near-duplicates", FindNearDuplicates).WithName("FindNearDuplicates")
            .WithSummary("Begins a search for images that are nearly the same: mirrored, cropped, compressed again.")
            .ProducesProblem(404);
        group.MapGet("/{name}/near-duplicates", GetNearDuplicates).WithName("GetNearDuplicates")
            .WithSummary("How far the search is, or what it found.").ProducesProblem(404);
        MapImages(group.MapGroup("/{name}/images"));
        UploadEndpoints.Map(group);
        // Who may ask for captions may say what a right one is.
        routes.MapPost("/api/v1/datasets/{name}/corrections", CorrectAsync).WithTags("Data sets").RequireAuthorization(ApiScope.Caption)
            .WithName("CorrectImage").WithSummary("A right caption or class for an image: the data set's next version has it.")
            .WithDescription("curl -F 'caption=A dog runs.' -F image=@dog.jpg")
            .Accepts<ImageUpload>(Form).ProducesProblem(404).ProducesProblem(422);
    }

    private static void MapImages(RouteGroupBuilder images)
    {
        images.MapGet("", ListImages).WithName("ListImages").WithSummary("Images of a data set, some at a time.").ProducesProblem(404);
        images.MapPost("", AddAsync).WithName("AddImages").WithSummary("Adds images, for instance to a class.")
            .WithDescription("curl -F class=ants -F file=@4.jpg -F file=@5.jpg").Accepts<ImageUpload>(Form)
            .ProducesProblem(404).ProducesProblem(413).ProducesProblem(422);
        images.MapGet("/{id:int}", GetImage).WithName("GetImage").WithSummary("An image's bytes.")
            .Produces(200, contentType: "image/jpeg",
                additionalContentTypes: ["image/png", "image/webp", "image/gif", "image/bmp", "image/tiff"])
            .ProducesProblem(404);
        images.MapGet("/{id:int}/thumbnail", GetThumbnailAsync).WithName("GetThumbnail").WithSummary("A small JPEG of an image.")
            .Produces(200, contentType: "image/jpeg").ProducesProblem(404).ProducesProblem(422);
        images.MapPatch("/{id:int}", Change).WithName("ChangeImage").WithSummary("Changes an image's captions, class or split.")
            .ProducesProblem(404);
        images.MapPatch("", Move).WithName("ChangeImages").WithSummary("Moves many images to a class or split, in one version.")
            .ProducesProblem(404);
        images.MapDelete("/{id:int}", DeleteImageAsync).WithName("DeleteImage").WithSummary("Deletes an image, its bytes too.")
            .ProducesProblem(404).ProducesProblem(409);
    }

    private static Ok<IReadOnlyList<DataSetInfo>> List(DataSetService sets) => TypedResults.Ok(sets.List());

    private static async Task<Created<DataSetDetails>> CreateAsync(HttpContext context, DataSetService sets,
        CancellationToken cancellation)
    {
        using var form = await sets.ReadFormAsync(context, null, cancellation);
        return Created(await sets.CreateAsync(form, context.User.Identity?.Name, cancellation));
    }

    public static Created<DataSetDetails> Created(DataSetDetails made) =>
        TypedResults.Created($"/api/v1/datasets/{made.Set.Name}", made);

    /// <param name="report">False leaves the check out, which takes seconds for thousands of images when the version has not been
    /// checked before.</param>
    private static async Task<Ok<DataSetDetails>> GetAsync(string name, DataSetService sets, CancellationToken cancellation,
        bool report = true) =>
        TypedResults.Ok(await sets.GetAsync(name, report, cancellation));

    private static async Task<NoContent> DeleteAsync(string name, DataSetService sets, CancellationToken cancellation)
    {
        await sets.DeleteAsync(name, cancellation);
        return TypedResults.NoContent();
    }

    private static Accepted<NearDuplicateSearch> FindNearDuplicates(string name, NearDuplicateRunner runner,
        [FromQuery] double similarity = NearDuplicateFinder.DefaultThreshold) =>
        TypedResults.Accepted((string?)null, runner.Start(name, similarity));

    private static Ok<NearDuplicateSearch> GetNearDuplicates(string name, NearDuplicateRunner runner,
        [FromQuery] double similarity = NearDuplicateFinder.DefaultThreshold) =>
        TypedResults.Ok(runner.Get(name, similarity));

    private static async Task<Created<DataSetImage>> CorrectAsync(string name, HttpContext context, DataSetService sets,
        CancellationToken cancellation)
    {
        using var form = await sets.ReadFormAsync(context, name, cancellation);
        var image = sets.Correct(name, form, context.User.Identity?.Name);
        return TypedResults.Created($"/api/v1/datasets/{name}/images/{image.Id}", image);
    }

    private static Ok<DataSetImagePage> ListImages(string name, [AsParameters] ImageQuery query, DataSetService sets, int offset = 0,
        int limit = 50) =>
        TypedResults.Ok(sets.Images(name, query, offset, limit));

    private static async Task<Ok<ImagesAdded>> AddAsync(string name, HttpContext context, DataSetService sets,
        CancellationToken cancellation)
    {
        using var form = await sets.ReadFormAsync(context, name, cancellation);
        return TypedResults.Ok(sets.Add(name, form, context.User.Identity?.Name, cancellation));
    }

    private static PhysicalFileHttpResult GetImage(string name, int id, DataSetStore store, HttpResponse response)
    {
        var row = store.Get(name).Find(id);
        var type = Path.GetExtension(row.File) is ".jpg" ? "jpeg" : Path.GetExtension(row.File)[1..];
        return Revalidated(response, store.Files(name).Image(row), $"image/{type}", row.Sha256);
    }

    private static async Task<PhysicalFileHttpResult> GetThumbnailAsync(string name, int id, DataSetStore store, Thumbnails thumbnails,
        HttpResponse response, CancellationToken cancellation)
    {
        var row = store.Get(name).Find(id);
        return Revalidated(response, await thumbnails.PathAsync(name, row, cancellation), "image/jpeg", row.Sha256 + "-small");
    }

    /// <summary>Browsers keep it, but ask about it each time: the name may stand for another data set by then.</summary>
    private static PhysicalFileHttpResult Revalidated(HttpResponse response, string path, string type, string tag)
    {
        response.Headers.CacheControl = "private, no-cache";
        return TypedResults.PhysicalFile(path, type, entityTag: new EntityTagHeaderValue($"\"{tag}\""));
    }

    private static Ok<DataSetImage> Change(string name, int id, DataSetImageChange change, DataSetService sets, ClaimsPrincipal user) =>
        TypedResults.Ok(sets.Change(name, id, change, user.Identity?.Name));

    private static Ok<DataSetInfo> Move(string name, DataSetImagesChange change, DataSetService sets, ClaimsPrincipal user) =>
        TypedResults.Ok(sets.Move(name, change, user.Identity?.Name));

    private static async Task<NoContent> DeleteImageAsync(string name, int id, DataSetService sets, ClaimsPrincipal user,
        CancellationToken cancellation)
    {
        await sets.DeleteImageAsync(name, id, user.Identity?.Name, cancellation);
        return TypedResults.NoContent();
    }
}
