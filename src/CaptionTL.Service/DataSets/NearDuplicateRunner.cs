using System.Collections.Concurrent;
using System.Text.Json;
using CaptionTL.Embeddings;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Training;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.DataSets;

/// <summary>
/// Searches for nearly identical images, one search at a time, in the background. What was found is kept beside the version.
/// </summary>
internal sealed partial class NearDuplicateRunner(DataSetStore store, IOptions<ServiceOptions> options, IHostApplicationLifetime lifetime,
    ILogger<NearDuplicateRunner> logger)
{
    private readonly record struct Key(string Name, int Version, double Similarity);

    private readonly ConcurrentDictionary<Key, NearDuplicateSearch> _states = new();
    private readonly Lock _starting = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Starts a search unless it runs or is done.</summary>
    public NearDuplicateSearch Start(string name, double similarity)
    {
        if (!(similarity > 0 && similarity <= 1)) throw ApiException.Invalid("The similarity must be above 0 and at most 1.");
        var set = store.Get(name);
        var key = new Key(name, set.State.Version, Math.Round(similarity, 4));
        lock (_starting)
        {
            if (Known(key) is { State: not "failed" } known) return known;
            var state = _states[key] = new NearDuplicateSearch("running", key.Version, key.Similarity, 0, set.Rows.Count);
            _last = RunAfterAsync(_last, key, set);
            return state;
        }
    }

    /// <exception cref="ApiException">The version has not been searched.</exception>
    public NearDuplicateSearch Get(string name, double similarity)
    {
        var key = new Key(name, store.VersionOf(name), Math.Round(similarity, 4));
        return Known(key) ?? throw ApiException.NotFound(
            $"Version {key.Version} of '{name}' has not been searched for near duplicates with this similarity.",
            "POST to the same address starts a search.");
    }

    private NearDuplicateSearch? Known(Key key)
    {
        if (_states.TryGetValue(key, out var state)) return state;
        var kept = store.Files(key.Name).NearDuplicates(key.Version, key.Similarity);
        return File.Exists(kept) ? JsonSerializer.Deserialize<NearDuplicateSearch>(File.ReadAllBytes(kept), Json.Compact) : null;
    }

    private async Task RunAfterAsync(Task before, Key key, DataSetSnapshot set)
    {
        await before;
        await Task.Run(() => Run(key, set));
    }

    /// <summary>Never throws: the next one waits for it.</summary>
    private void Run(Key key, DataSetSnapshot set)
    {
        try
        {
            lifetime.ApplicationStopping.ThrowIfCancellationRequested();
            var files = store.Files(key.Name);
            var done = Search(key, set, files, lifetime.ApplicationStopping);
            AtomicFile.Write(files.NearDuplicates(key.Version, key.Similarity), stream =>
                JsonSerializer.Serialize(stream, done, Json.Compact));
            _states.TryRemove(key, out _);
        }
        catch (OperationCanceledException)
        {
            _states.TryRemove(key, out _); // the service stops
        }
        catch (Exception e)
        {
            LogFailed(logger, e, key.Name);
            var problem = e is ApiException or CaptionTLException { IsInput: true }
                ? "The data set cannot be read as it is; its report says why." : "The search failed; the service's log says why.";
            _states[key] = _states[key] with { State = "failed", Problem = problem };
        }
    }

    private NearDuplicateSearch Search(Key key, DataSetSnapshot set, DataSetFiles files, CancellationToken cancellation)
    {
        var dataset = DataSetChecks.Open(set, files);
        using var cache = EmbeddingCache.Open(options.Value.Embeddings);
        var progress = new ImmediateProgress<RunProgress>(p =>
            _states[key] = _states[key] with { Done = (int)p.Done, Total = dataset.Images.Count });
        var found = NearDuplicates.Find(dataset, cache, key.Similarity, precision: options.Value.Precision, progress: progress,
            cancellation: cancellation);
        var name = DataSetChecks.Namer(set);
        return new NearDuplicateSearch("done", key.Version, key.Similarity, dataset.Images.Count, dataset.Images.Count, found.Backbone,
            [.. found.Groups.Select(g => new SameImages([.. g.Ids.Select(name)], g.AcrossSplits, g.AcrossClasses, g.Similarity))],
            found.AcrossSplits, found.AcrossClasses);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The search for near duplicates in {DataSet} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string dataSet);
}
