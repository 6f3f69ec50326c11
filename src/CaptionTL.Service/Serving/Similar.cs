using System.Globalization;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Models;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Jobs;
using CaptionTL.Service.Registry;
using CaptionTL.Training;
using CaptionTL.Weights;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Serving;

/// <summary>
/// Finds the training images that are like a new one. Those of the models asked last stay in memory: a vector an image.
/// </summary>
internal sealed class SimilarAsker(ModelRegistry registry, TrainingImages training, DataSetStore sets, ImageDecoding decoding,
    IOptions<ServiceOptions> options) : IDisposable
{
    private const int ModelsKept = 2;
    private const int Usual = 6;
    private const int Most = 100;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<Opened> _opened = []; // the one asked last is the last

    /// <exception cref="ApiException">The request is not as it must be, or the model's training images are not here.</exception>
    public async Task<SimilarImages> AskAsync(ImageRequest request, CancellationToken cancellation)
    {
        request.Values.RefuseOthers("model", "count");
        if (request.Images is not [var image])
            throw ApiException.Invalid($"The request has {request.Images.Count} images; one at a time is compared.");
        var count = request.Values.Whole("count") ?? Usual;
        if (count is < 1 or > Most)
            throw ApiException.Invalid(FormattableString.Invariant($"count is {count}; it must be from 1 to {Most}."));
        var model = request.Values.Text("model") is { } name ? registry.Find(name) : registry.Find("caption", null);

        await _turn.WaitAsync(cancellation);
        try
        {
            var opened = await OpenAsync(model, cancellation);
            var pixels = await decoding.PrepareAsync(opened.Neighbours.Preprocessor, image.Bytes, cancellation);
            var ranked = await Task.Run(() => opened.Neighbours.Rank(pixels), cancellation);
            // images may have been deleted since
            var there = sets.Get(DataSetName.Parse(opened.Data).Name).Rows.Select(r => r.Id).ToHashSet();
            var found = ranked.Where(r => there.Contains(opened.Rows[r.Image].Id)).Take(count)
                .Select(r => Of(opened.Rows[r.Image], r.Similarity));
            return new SimilarImages(new ModelUsed(model.Name, model.Version), opened.Data, opened.Backbone, opened.Neighbours.Count,
                [.. found]);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var opened in _opened) opened.Neighbours.Dispose();
        _turn.Dispose();
    }

    private async Task<Opened> OpenAsync(ServedModel model, CancellationToken cancellation)
    {
        var (data, rows) = training.Of(model); // also where it is open: the data set may have been deleted since
        var known = _opened.Find(o => o.Model == model);
        if (known is not null) _opened.Remove(known);
        var opened = known ?? await Task.Run(() => Open(model, data, rows, cancellation), cancellation);
        _opened.Add(opened);
        if (_opened.Count > ModelsKept)
        {
            _opened[0].Neighbours.Dispose();
            _opened.RemoveAt(0);
        }
        return opened;
    }

    private Opened Open(ServedModel model, string data, IReadOnlyList<ImageRow> rows, CancellationToken cancellation)
    {
        using var bundle = ModelBundle.Open(model.Path);
        using var cache = EmbeddingCache.Open(options.Value.Embeddings);
        var files = sets.Files(DataSetName.Parse(data).Name);
        var items = rows.Select(row => new EmbeddingItem(row.File, new(files.Image(row)))).ToList();
        var plan = bundle.Manifest.Plan;
        var encoder = PlannedBackbone.Find(plan, new WeightStore(), options.Value.Precision, cancellation: cancellation)
            .Encoder(plan.Layer);
        return new Opened(model, data, bundle.Manifest.Backbone.Weights, rows,
            ImageNeighbours.Open(encoder, items, cache, cancellation));
    }

    private static SimilarImage Of(ImageRow row, double similarity) =>
        new(row.Id, row.Name, Math.Round(similarity, 4), row.Captions, row.Label);

    private sealed record Opened(ServedModel Model, string Data, string Backbone, IReadOnlyList<ImageRow> Rows,
        ImageNeighbours Neighbours);
}

/// <summary>Why a model says what it says: what it learned from that is like the image. POST /api/v1/similar.</summary>
internal static class SimilarRegistration
{
    public static void AddSimilar(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TrainingImages>();
        builder.Services.AddSingleton<SimilarAsker>();
    }

    // Who asks sees images of a data set, which the scope caption does not open.
    public static void MapSimilar(this WebApplication app) => app.MapPost("/api/v1/similar", HandleAsync).WithTags("Ask")
        .RequireScope(ApiScope.Train)
        .WithName("FindSimilar").WithSummary("The images that a model learned from and that are most like one, with their captions "
        + "or class.")
        .WithDescription("By the cosine of averaged embeddings. The first question about a model reads its embeddings from the cache; "
        + "later ones find them in memory. Models that were not trained on this service have none to show: the code is "
        + "training_images_absent.")
        .ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503)
        .TakesImages(
            ("model", JsonSchemaType.String, "Name, or name@version; the default captioner when left out"),
            ("count", JsonSchemaType.Integer, "Images to show (6)"));

    private static async Task<Ok<SimilarImages>> HandleAsync(HttpContext context, Admission admission, ImageRequestReader reader,
        SimilarAsker asker)
    {
        using var admitted = admission.Enter(context);
        return TypedResults.Ok(await asker.AskAsync(await reader.ReadAsync(context.Request, admitted, context.RequestAborted),
            context.RequestAborted));
    }
}

/// <summary>Which images a model learned from, as far as they are on this service.</summary>
internal sealed class TrainingImages(ModelRegistry registry, RunFolders folders, DataSetStore sets)
{
    /// <returns>The data set with its version, and the rows of the training split as they were then.</returns>
    /// <exception cref="ApiException">404 with the code "training_images_absent": the message says why they are not here.</exception>
    public (string Data, IReadOnlyList<ImageRow> Rows) Of(ServedModel model)
    {
        var made = registry.Snapshot.Find(model.Name)!.Versions.First(v => v.Version == model.Version);
        if (made.Run is not { } run)
            throw Absent($"'{model.Name}' was not trained here: the images that it learned from are not on this service.");
        if (folders.SplitFile(run) is not { } split)
            throw Absent(string.Create(CultureInfo.InvariantCulture, $"Run {run}, which made version {model.Version} of '{model.Name}', "
                + $"was deleted, "
                + $"and with it the list of images that it learned from."));
        var (name, version) = DataSetName.Parse(made.Data);
        if (version is null || !sets.Exists(name)) throw Absent($"The data set '{name}', from which '{model.Name}' learned, was deleted.");
        var kept = DataSplit.Load(split);
        return (made.Data, [.. sets.Files(name).Rows(version.Value).Where(row => kept[row.File] == Split.Train)]);
    }

    private static ApiException Absent(string why) =>
        new(404, "training_images_absent", why, "Models that were trained here, and whose data set and run are kept, can show theirs.");
}
