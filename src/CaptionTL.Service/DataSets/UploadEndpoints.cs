using System.Security.Claims;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CaptionTL.Service.DataSets;

/// <summary>/api/v1/datasets/uploads: a large archive in parts, which continues where the connection broke.</summary>
internal static class UploadEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/uploads", Limits).WithName("GetUploadLimits").WithSummary("How much an upload may bring, and of what.");
        group.MapPost("/uploads", Start).WithName("StartUpload").WithSummary("Announces a large zip archive, to be sent in parts.")
            .ProducesProblem(409).ProducesProblem(413);
        group.MapGet("/uploads/{id}", State).WithName("GetUpload")
            .WithSummary("How far an upload has come; HEAD gives the header Upload-Offset.").ProducesProblem(404);
        group.MapMethods("/uploads/{id}", ["HEAD"], State).ExcludeFromDescription();
        group.MapPut("/uploads/{id}", PutAsync).WithName("PutUploadPart")
            .WithSummary("The next part, with Content-Range: bytes FIRST-LAST/ALL. What has arrived stays when the connection breaks.")
            .Accepts<byte[]>("application/octet-stream").ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/uploads/{id}/complete", CompleteAsync).WithName("CompleteUpload")
            .WithSummary("Makes the data set of the whole archive.").ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        group.MapDelete("/uploads/{id}", Delete).WithName("DeleteUpload").WithSummary("Throws an upload away.").ProducesProblem(404);
    }

    private static Ok<UploadLimits> Limits(DataSetService sets) => TypedResults.Ok(sets.Limits);

    private static Created<UploadState> Start(UploadStart start, UploadParts parts, HttpContext context)
    {
        var state = parts.Start(start);
        SetHeaders(context, state);
        return TypedResults.Created($"/api/v1/datasets/uploads/{state.Id}", state);
    }

    private static Ok<UploadState> State(string id, UploadParts parts, HttpContext context)
    {
        var state = parts.State(id);
        SetHeaders(context, state);
        return TypedResults.Ok(state);
    }

    private static async Task<Ok<UploadState>> PutAsync(string id, UploadParts parts, IOptions<DataSetOptions> options,
        HttpContext context, CancellationToken cancellation)
    {
        if (!ContentRangeHeaderValue.TryParse(context.Request.Headers.ContentRange.ToString(), out var range)
            || range.From is not { } from || range.Unit != "bytes")
            throw ApiException.Invalid("The header Content-Range is missing.",
                "Content-Range: bytes FIRST-LAST/ALL tells which part this is.");
        RequestSize.Allow(context, options.Value.MaxUploadBytes);
        // Set before it may fail: who sends the wrong part reads here where to go on.
        SetHeaders(context, parts.State(id));
        var state = await parts.AppendAsync(id, from, context.Request.Body, cancellation);
        SetHeaders(context, state);
        return TypedResults.Ok(state);
    }

    private static async Task<Created<DataSetDetails>> CompleteAsync(string id, UploadParts parts, ClaimsPrincipal user,
        CancellationToken cancellation) =>
        DataSetEndpoints.Created(await parts.CompleteAsync(id, user.Identity?.Name, cancellation));

    private static NoContent Delete(string id, UploadParts parts)
    {
        parts.Delete(id);
        return TypedResults.NoContent();
    }

    private static void SetHeaders(HttpContext context, UploadState state)
    {
        // By OnStarting: a failure clears headers that are there before. What is registered last runs first, and stays.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.TryAdd("Upload-Offset", state.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
            context.Response.Headers.TryAdd("Upload-Length", state.Bytes.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return Task.CompletedTask;
        });
    }
}
