using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace CaptionTL.Service.DataSets;

/// <summary>/api/v1/datasets: what there is, making and deleting it, what a check found.</summary>
internal static class DataSetEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/", List).WithName("ListDataSets").WithSummary("The data sets.");
        group.MapPost("/", CreateAsync).WithName("CreateDataSet").WithSummary("Makes a data set of a zip archive or of images.")
            .WithDescription("curl -F name=bees -F file=@bees.zip, or images with what is known of them: curl -F name=bees -F "
            + "class=ants -F file=@1.jpg -F file=@2.jpg -F class=bees -F file=@3.jpg.")
            .Accepts<ImageUpload>("multipart/form-data").ProducesProblem(409).ProducesProblem(413).ProducesProblem(422);
        group.MapGet("/{name}", GetAsync).WithName("GetDataSet").WithSummary("A data set, its history, and what a check of it found.")
            .ProducesProblem(404);
        group.MapDelete("/{name}", DeleteAsync).WithName("DeleteDataSet").WithSummary("Deletes a data set that nothing uses.")
            .ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{name}/near-duplicates", FindNearDuplicates).WithName("FindNearDuplicates")
            .WithSummary("Begins a search for images that are nearly the same: mirrored, cropped, compressed again.")
            .ProducesProblem(404);
        group.MapGet("/{name}/near-duplicates", GetNearDuplicates).WithName("GetNearDuplicates")
            .WithSummary("How far the search is, or what it found.").ProducesProblem(404);
    }

    private static Ok<IEnumerable<DataSetInfo>> List(DataSetStore store) => TypedResults.Ok(store.Names.Select(n => store.Get(n).Info()));

    private static async Task<Created<DataSetDetails>> CreateAsync(HttpContext context, DataSetUploads uploads, DataSetChecks checks,
        CancellationToken cancellation) =>
        await CreatedAsync(await uploads.CreateAsync(context, cancellation), checks, cancellation);

    public static async Task<Created<DataSetDetails>> CreatedAsync(DataSetSnapshot set, DataSetChecks checks,
        CancellationToken cancellation) =>
        TypedResults.Created($"/api/v1/datasets/{set.State.Name}", Details(set, await checks.ReportAsync(set, cancellation)));

    /// <param name="report">False leaves the check out, which takes seconds for thousands of images when the version has not been
    /// checked before.</param>
    private static async Task<Ok<DataSetDetails>> GetAsync(string name, DataSetStore store, DataSetChecks checks,
        CancellationToken cancellation, bool report = true)
    {
        var set = store.Get(name);
        return TypedResults.Ok(Details(set, report ? await checks.ReportAsync(set, cancellation) : null));
    }

    private static async Task<NoContent> DeleteAsync(string name, DataSetStore store, IEnumerable<IDataSetUse> uses,
        CancellationToken cancellation)
    {
        store.Get(name);
        await InUse.RefuseAsync(name, uses, cancellation);
        store.Delete(name);
        return TypedResults.NoContent();
    }

    private static Accepted<NearDuplicateSearch> FindNearDuplicates(string name, NearDuplicateRunner runner,
        [FromQuery] double similarity = NearDuplicateFinder.DefaultThreshold) =>
        TypedResults.Accepted((string?)null, runner.Start(name, similarity));

    private static Ok<NearDuplicateSearch> GetNearDuplicates(string name, NearDuplicateRunner runner,
        [FromQuery] double similarity = NearDuplicateFinder.DefaultThreshold) =>
        TypedResults.Ok(runner.Get(name, similarity));

    private static DataSetDetails Details(DataSetSnapshot set, DataSetReport? report) =>
        new(set.Info(), [.. set.State.Changes.Reverse()], set.State.LeftOut, report);
}

/// <summary>Knows what work goes on with a data set, so that it is not deleted meanwhile. Any number may be registered.</summary>
public interface IDataSetUse
{
    /// <summary>What uses the data set now or is waiting to ("job 17"), or null.</summary>
    /// <param name="name">"flowers", without a version.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<string?> UserOfAsync(string name, CancellationToken cancellation);
}

/// <summary>Images that work goes on with are not taken away.</summary>
internal static class InUse
{
    /// <exception cref="ApiException">Something uses the data set.</exception>
    public static async Task RefuseAsync(string name, IEnumerable<IDataSetUse> uses, CancellationToken cancellation)
    {
        foreach (var use in uses)
            if (await use.UserOfAsync(name, cancellation) is { } user)
                throw new ApiException(409, "data_set_in_use", $"The data set '{name}' is in use by {user}.",
                    "Wait until it has come to its end, or cancel it.");
    }
}
