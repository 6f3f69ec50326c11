using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
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

namespace CaptionTL.Service.Serving;

/// <summary>Options of POST /api/v1/similar.</summary>
internal sealed record SimilarParameters
{
    [Description("Name, or name@version; the default captioner when left out")]
    public string? Model { get; init; }

    [Description("Number of images to show (6)")]
    [Range(1, 100, ErrorMessage = "The option 'count' must be from 1 to 100.")]
    public int Count { get; init; } = 6;
}

/// <summary>
/// Finds the training images that are most similar to a new one. The embeddings of the models used last stay in memory: a vector for
/// each image.
/// </summary>
internal sealed class SimilarService(ModelRegistry registry, TrainingImages training, DataSetStore sets, ImageDecoding decoding,
    IOptions<ServiceOptions> options) : IDisposable
{
    private const int ModelsKept = 2;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<Opened> _opened = []; // the one used last comes last

    /// <exception cref="ApiException">The request is invalid, or the model's training images are not on this service.</exception>
    public async Task<SimilarImages> AnswerAsync(ImageRequest request, CancellationToken cancellation)
    {
        var parameters = request.Options.Read<SimilarParameters>();
        if (request.Images is not [var image])
            throw ApiException.Invalid($"The request has {request.Images.Count} images; only one can be compared at a time.");
        var model = parameters.Model is { } name ? registry.Find(name) : registry.Find("caption", null);

        await _turn.WaitAsync(cancellation);
        try
        {
            var opened = await OpenAsync(model, cancellation);
            var pixels = await decoding.PrepareAsync(opened.Neighbours.Preprocessor, image.Bytes, cancellation);
            var ranked = await Task.Run(() => opened.Neighbours.Rank(pixels), cancellation);
            // Images may have been deleted since the training.
            var present = sets.Get(DataSetName.Parse(opened.Data).Name).Rows.Select(r => r.Id).ToHashSet();
            var found = ranked.Where(r => present.Contains(opened.Rows[r.Image].Id)).Take(parameters.Count)
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
        var (data, rows) = training.Of(model); // even where it is open: the data set may have been deleted since
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

/// <summary>POST /api/v1/similar: what a model learned from that is like an image, which helps to explain its answer.</summary>
internal static class SimilarRegistration
{
    public static void AddSimilar(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TrainingImages>();
        builder.Services.AddSingleton<SimilarService>();
    }

    // The answer shows images of a data set, which takes the scope train.
    public static void MapSimilar(this WebApplication app) => app.MapPost("/api/v1/similar", HandleAsync).WithTags("Ask")
        .RequireAuthorization(ApiScope.Train)
        .WithName("FindSimilar")
        .WithSummary("The training images of a model that are most similar to an image, with their captions or class.")
        .WithDescription("Compares averaged embeddings by their cosine. The first request for a model reads its embeddings from the "
            + "cache; later ones find them in memory. Models that were not trained on this service have no images to show: the code is "
            + "training_images_absent.")
        .ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503)
        .TakesImages(RequestOptions.Describe<SimilarParameters>());

    private static async Task<Ok<SimilarImages>> HandleAsync(HttpContext context, Admission admission, ImageRequestReader reader,
        SimilarService similar)
    {
        using var admitted = admission.Enter(context);
        return TypedResults.Ok(await similar.AnswerAsync(await reader.ReadAsync(context.Request, admitted, context.RequestAborted),
            context.RequestAborted));
    }
}

/// <summary>The images that a model learned from, as far as they are on this service.</summary>
internal sealed class TrainingImages(ModelRegistry registry, RunFolders folders, DataSetStore sets)
{
    /// <returns>The data set with its version, and the rows of its training split as they were at the time.</returns>
    /// <exception cref="ApiException">404 with the code "training_images_absent": the message says why they are missing.</exception>
    public (string Data, IReadOnlyList<ImageRow> Rows) Of(ServedModel model)
    {
        var made = registry.Snapshot.Find(model.Name)!.Versions.First(v => v.Version == model.Version);
        if (made.Run is not { } run)
            throw Absent($"'{model.Name}' was not trained here: the images that it learned from are not on this service.");
        if (folders.SplitFile(run) is not { } split)
            throw Absent(string.Create(CultureInfo.InvariantCulture, $"Run {run}, which made version {model.Version} of '{model.Name}', "
                + $"was deleted, and with it the list of the images that it learned from."));
        var (name, version) = DataSetName.Parse(made.Data);
        if (version is null || !sets.Exists(name)) throw Absent($"The data set '{name}', from which '{model.Name}' learned, was deleted.");
        var kept = DataSplit.Load(split);
        return (made.Data, [.. sets.Files(name).Rows(version.Value).Where(row => kept[row.File] == Split.Train)]);
    }

    private static ApiException Absent(string why) =>
        new(404, "training_images_absent", why, "Choose a model that was trained here and whose data set and run still exist.");
}
