using CaptionTL.Datasets;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace CaptionTL.Service.DataSets;

/// <summary>/api/v1/datasets/{name}/images: looking at the images of a data set, adding, describing and deleting them.</summary>
internal static class ImageEndpoints
{
    private const int MostCaptions = 100;
    private const int LongestCaption = 2000;

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/{name}/images", List).WithName("ListImages").WithSummary("Images of a data set, some at a time.")
            .ProducesProblem(404);
        group.MapPost("/{name}/images", AddAsync).WithName("AddImages").WithSummary("Adds images, for instance to a class.")
            .WithDescription("curl -F class=ants -F file=@4.jpg -F file=@5.jpg").Accepts<ImageUpload>("multipart/form-data")
            .ProducesProblem(404).ProducesProblem(413).ProducesProblem(422);
        group.MapGet("/{name}/images/{id:int}", Get).WithName("GetImage").WithSummary("An image's bytes.")
            .Produces(200, contentType: "image/jpeg", additionalContentTypes: ["image/png", "image/webp", "image/gif", "image/bmp",
            "image/tiff"]).ProducesProblem(404);
        group.MapGet("/{name}/images/{id:int}/thumbnail", ThumbnailAsync).WithName("GetThumbnail")
            .WithSummary("A small JPEG of an image.").Produces(200, contentType: "image/jpeg").ProducesProblem(404).ProducesProblem(422);
        group.MapPatch("/{name}/images/{id:int}", Change).WithName("ChangeImage")
            .WithSummary("Changes an image's captions, class or split.").ProducesProblem(404);
        group.MapPatch("/{name}/images", ChangeMany).WithName("ChangeImages")
            .WithSummary("Moves many images to a class or split, in one version.").ProducesProblem(404);
        group.MapDelete("/{name}/images/{id:int}", DeleteAsync).WithName("DeleteImage")
            .WithSummary("Deletes an image, its bytes too.").ProducesProblem(404).ProducesProblem(409);
    }

    /// <summary>The next version of the data set has what a person says of an image.</summary>
    public static async Task<Created<DataSetImage>> CorrectAsync(string name, HttpContext context, DataSetUploads uploads,
        CancellationToken cancellation)
    {
        var (after, row) = await uploads.CorrectAsync(name, context, cancellation);
        return TypedResults.Created($"/api/v1/datasets/{name}/images/{row.Id}", after.Image(row));
    }

    private static Ok<DataSetImagePage> List(string name, DataSetStore store, int offset = 0, int limit = 50, string? split = null,
        string? @class = null, bool undescribed = false, string? search = null)
    {
        (offset, limit) = Paging.Check(offset, limit);
        var set = store.Get(name);
        Split? wanted = split is null or "none" ? null : SplitNames.Parse(split)
            ?? throw ApiException.Invalid("split must be train, dev, test or none.");
        var found = set.Rows.Where(r =>
            (split is null || r.Split == wanted) && (@class is null || r.Label == @class) && (!undescribed || !r.IsDescribed)
                && (string.IsNullOrWhiteSpace(search) || Contains(r, search.Trim()))).ToList();
        return TypedResults.Ok(new DataSetImagePage(set.State.Version, found.Count, offset,
            [.. found.Skip(offset).Take(limit).Select(set.Image)]));
    }

    private static bool Contains(ImageRow row, string text) =>
        row.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
            || row.Label?.Contains(text, StringComparison.OrdinalIgnoreCase) == true
            || row.Captions?.Any(c => c.Contains(text, StringComparison.OrdinalIgnoreCase)) == true;

    private static async Task<Ok<ImagesAdded>> AddAsync(string name, HttpContext context, DataSetUploads uploads,
        CancellationToken cancellation)
    {
        var (after, added, intake) = await uploads.AddAsync(name, context, cancellation);
        return TypedResults.Ok(new ImagesAdded(after.State.Version, [.. added.Select(after.Image)], intake.LeftOut));
    }

    private static PhysicalFileHttpResult Get(string name, int id, DataSetStore store, HttpContext context)
    {
        var row = store.Get(name).Find(id);
        Revalidate(context);
        return TypedResults.PhysicalFile(store.Files(name).Image(row), ContentType(row.File), entityTag: Tag(row.Sha256));
    }

    private static async Task<PhysicalFileHttpResult> ThumbnailAsync(string name, int id, DataSetStore store, Thumbnails thumbnails,
        HttpContext context, CancellationToken cancellation)
    {
        var row = store.Get(name).Find(id);
        var path = await thumbnails.PathAsync(name, row, cancellation);
        Revalidate(context);
        return TypedResults.PhysicalFile(path, "image/jpeg", entityTag: Tag(row.Sha256 + "-small"));
    }

    private static Ok<DataSetImage> Change(string name, int id, DataSetImageChange change, DataSetStore store, HttpContext context)
    {
        ImageRow? changed = null;
        var after = store.Change(name, "1 image described anew", DataSetUploads.By(context), set =>
        {
            changed = Apply(set, set.Find(id), change);
            return set with { Rows = [.. set.Rows.Select(r => r.Id == id ? changed : r)] };
        });
        return TypedResults.Ok(after.Image(changed!));
    }

    private static Ok<DataSetInfo> ChangeMany(string name, DataSetImagesChange change, DataSetStore store, HttpContext context)
    {
        if (change.Ids is not { Count: > 0 }) throw ApiException.Invalid("No images are named.", "Send their ids.");
        var ids = change.Ids.ToHashSet();
        var after = store.Change(name, $"{DataSetStore.Images(ids.Count)} moved", DataSetUploads.By(context), set =>
        {
            var changed = ids.ToDictionary(id => id, id =>
                Apply(set, set.Find(id), new DataSetImageChange(Label: change.Label, Split: change.Split)));
            return set with { Rows = [.. set.Rows.Select(r => changed.GetValueOrDefault(r.Id, r))] };
        });
        return TypedResults.Ok(after.Info());
    }

    private static ImageRow Apply(DataSetSnapshot set, ImageRow row, DataSetImageChange change)
    {
        if (change is { Captions: null, Label: null, Split: null })
            throw ApiException.Invalid("Nothing is to be changed.", "Send captions (of one image), label or split.");
        if (change.Split is { } split)
            row = Enum.IsDefined(split) ? row with { Split = split } : throw ApiException.Invalid("split must be train, dev or test.");
        if (change.Captions is { } captions)
        {
            if (set.State.Kind != DataSetKind.Captions)
                throw ApiException.Invalid("The images of this data set have classes, not captions.");
            if (captions.Count > MostCaptions || captions.Any(c => c is null || c.Length > LongestCaption))
                throw ApiException.Invalid($"An image has up to {MostCaptions} captions of up to {LongestCaption} characters.");
            row = row with { Captions = captions.Select(c => c.Trim()).Where(c => c.Length > 0).ToList() is { Count: > 0 } kept ? kept
                : null, Corrected = true };
        }
        if (change.Label is { } label)
        {
            if (set.State.Kind != DataSetKind.Classes)
                throw ApiException.Invalid("The images of this data set have captions, not classes.");
            row = row with { Label = ImageForm.Label(label), Corrected = true };
        }
        return row;
    }

    private static async Task<NoContent> DeleteAsync(string name, int id, DataSetStore store, IEnumerable<IDataSetUse> uses,
        HttpContext context, CancellationToken cancellation)
    {
        store.Get(name).Find(id);
        await InUse.RefuseAsync(name, uses, cancellation);
        ImageRow? gone = null;
        store.Change(name, "1 image deleted", DataSetUploads.By(context), set =>
        {
            gone = set.Find(id);
            return set with { Rows = [.. set.Rows.Where(r => r.Id != id)] };
        });
        foreach (var path in (string[])[store.Files(name).Thumbnail(gone!), store.Files(name).Image(gone!)])
            if (File.Exists(path)) File.Delete(path);
        return TypedResults.NoContent();
    }

    /// <summary>Kept by browsers, but asked about each time: the name may stand for another data set by then.</summary>
    private static void Revalidate(HttpContext context) => context.Response.Headers.CacheControl = "private, no-cache";

    private static EntityTagHeaderValue Tag(string text) => new($"\"{text}\"");

    private static string ContentType(string file) => Path.GetExtension(file) switch
    {
        ".jpg" => "image/jpeg",
        var other => $"image/{other[1..]}",
    };
}
