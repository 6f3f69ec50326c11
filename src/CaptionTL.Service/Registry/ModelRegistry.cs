using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Serving;
using CaptionTL.Service.Storage;
using CaptionTL.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Registry;

/// <summary>
/// All models. What every request needs is answered from memory; <see cref="RefreshAsync"/> brings that up to date.
/// </summary>
internal sealed class ModelRegistry(IDbContextFactory<ServiceDb> databases, InstalledBundles installed, IOptions<ServiceOptions> options)
{
    private volatile ModelSnapshot _snapshot = ModelSnapshot.Empty;
    private volatile IReadOnlyDictionary<string, string> _defaults = new Dictionary<string, string>();

    public ModelSnapshot Snapshot => _snapshot;

    /// <summary>Every model's version in use.</summary>
    public IReadOnlyList<ServedModel> All => _snapshot.Served;

    /// <summary>The model that answers.</summary>
    /// <param name="task">"caption" or "classify".</param>
    /// <param name="name">"bees" (the version in use) or "bees@3"; the task's default when null.</param>
    /// <exception cref="ApiException">There is no such model.</exception>
    public ServedModel Find(string task, string? name)
    {
        var snapshot = _snapshot;
        if (name is null)
            return DefaultOf(task, snapshot.Served) is { } chosen
                ? snapshot.Served.First(m => m.Name == chosen)
                : throw ApiException.NotFound($"There is no model for '{task}'.", "Train one first.");
        var (plain, version) = ModelName.Split(name);
        var found = version is { } number ? snapshot.Find(plain, number) : snapshot.Served.FirstOrDefault(m => m.Name == plain);
        if (found is not null && found.Task == task) return found;
        var others = snapshot.Served.Where(m => m.Task == task).Select(m => m.Name).ToList();
        throw ApiException.NotFound($"There is no model '{name}' for '{task}'.",
            others.Count > 0 ? $"There is {string.Join(", ", others)}." : "Train one first.");
    }

    /// <summary>A model's version whatever its task.</summary>
    /// <param name="name">"bees" (the version in use, else the newest) or "bees@3".</param>
    /// <exception cref="ApiException">There is no such model.</exception>
    public ServedModel Find(string name)
    {
        var snapshot = _snapshot;
        var (plain, version) = ModelName.Split(name);
        var model = snapshot.Find(plain);
        return (model is null ? null : snapshot.Find(plain, version ?? model.InUse ?? model.Versions[0].Version))
            ?? throw ApiException.NotFound($"There is no model '{name}'.",
                $"There is {string.Join(", ", snapshot.Models.Select(m => m.Name))}.");
    }

    /// <summary>Where a version's bundle lies.</summary>
    public string PathOf(string name, int version) =>
        options.Value.In("models", name, FormattableString.Invariant($"{version}{ModelBundle.Extension}"));

    /// <summary>Reads the tables anew.</summary>
    public async Task RefreshAsync(CancellationToken cancellation = default)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var versions = await database.Set<ModelVersionRecord>().AsNoTracking().Where(v => v.Deleted == null).ToListAsync(cancellation);
        var uses = await database.Set<ModelUseRecord>().AsNoTracking().Where(u => u.Undone == null).OrderBy(u => u.Id)
            .ToListAsync(cancellation);
        _defaults = await database.Set<ModelDefaultRecord>().AsNoTracking().ToDictionaryAsync(d => d.Task, d => d.Name, cancellation);
        var used = uses.ToLookup(u => u.Name, u => u.Version);

        var known = installed.All.Concat(versions.OrderBy(v => v.Name, StringComparer.Ordinal)
            .Select(v => (v.Name, v.Task, Version: ToVersion(v))));
        var models = known.GroupBy(m => m.Name).Select(g =>
        {
            // An installed model answers until another version is promoted.
            List<int?> answered = [.. g.Where(m => m.Version.Installed).Take(1).Select(m => (int?)m.Version.Version), .. used[g.Key]];
            var inUse = answered.LastOrDefault();
            return new Model(g.Key, g.First().Task, inUse, false,
                [.. g.Select(m => m.Version with { InUse = m.Version.Version == inUse }).OrderByDescending(v => v.Version)])
            {
                Before = answered.Count > 1 ? answered[^2] : null,
            };
        }).ToList();
        var served = new ModelSnapshot(models).Served;
        var defaults = models.Select(m => m.Task).Distinct().Select(task => DefaultOf(task, served)).ToHashSet();
        _snapshot = new ModelSnapshot([.. models.Select(m => m with { Default = defaults.Contains(m.Name) })]);
    }

    // Chosen by an administrator, else by configuration, else the first.
    private string? DefaultOf(string task, IReadOnlyList<ServedModel> served)
    {
        var candidates = served.Where(m => m.Task == task).Select(m => m.Name).ToList();
        if (_defaults.TryGetValue(task, out var chosen) && candidates.Contains(chosen)) return chosen;
        if (task == "caption" && options.Value.Model is { } configured && candidates.Contains(configured)) return configured;
        return candidates.FirstOrDefault();
    }

    private ModelVersion ToVersion(ModelVersionRecord record)
    {
        var scores = record.Scores is null ? null : JsonSerializer.Deserialize<RunScores>(record.Scores, Json.Compact);
        return new ModelVersion(record.Version, false, false, record.JobId, record.Created, record.Data, record.Backbone, scores?.Values,
            scores?.Main, record.Bytes) { Path = PathOf(record.Name, record.Version) };
    }
}

/// <summary>All models as they were at one moment.</summary>
/// <param name="Models">In order of name, the installed ones first.</param>
internal sealed record ModelSnapshot(IReadOnlyList<Model> Models)
{
    public static ModelSnapshot Empty { get; } = new([]);

    /// <summary>Every model's version in use.</summary>
    public IReadOnlyList<ServedModel> Served { get; } = [.. Models.Where(m => m.InUse is not null).Select(m => Serve(m, m.InUse!.Value)!)];

    public Model? Find(string name) => Models.FirstOrDefault(m => m.Name == name);

    /// <summary>One version of a model, in use or not.</summary>
    public ServedModel? Find(string name, int version) => Find(name) is { } model ? Serve(model, version) : null;

    private static ServedModel? Serve(Model model, int version) =>
        model.Versions.FirstOrDefault(v => v.Version == version) is { } found
            ? new ServedModel(model.Name, version, model.Task, found.Path) : null;
}

/// <summary>The bundles that came with the program or were installed by hand, each as version 1 of its name.</summary>
/// <param name="paths">Of the bundles; those of the program and of the user when null.</param>
internal sealed class InstalledBundles(IReadOnlyList<string>? paths = null)
{
    private readonly ConcurrentDictionary<(string Path, DateTime Written), (string Task, ModelVersion Version)> _read = new();

    /// <summary>All that can be read.</summary>
    public IReadOnlyList<(string Name, string Task, ModelVersion Version)> All
    {
        get
        {
            var all = new List<(string, string, ModelVersion)>();
            foreach (var path in paths ?? InstalledModels.All)
            {
                try
                {
                    var (task, version) = _read.GetOrAdd((path, File.GetLastWriteTimeUtc(path)), key => Read(key.Path));
                    all.Add((Path.GetFileNameWithoutExtension(path), task, version));
                }
                catch (Exception e) when (e is CaptionTLException or IOException or UnauthorizedAccessException)
                {
                    // It may be half copied; the next time tells.
                }
            }
            return all;
        }
    }

    private static (string, ModelVersion) Read(string path)
    {
        using var bundle = ModelBundle.Open(path);
        var manifest = bundle.Manifest;
        return (manifest.Task, new ModelVersion(1, false, true, null, manifest.Created, manifest.Data.Name, manifest.Backbone.Weights,
            manifest.Scores?.Values, manifest.Scores?.Main, new FileInfo(path).Length) { Path = path });
    }
}

/// <summary>Names of models: they become folders and parts of addresses.</summary>
internal static partial class ModelName
{
    public const int MaxLength = 64;

    /// <exception cref="ApiException">It cannot be a model's name.</exception>
    public static string Check(string name) => Allowed().IsMatch(name)
        ? name
        : throw ApiException.Invalid($"'{(name.Length > 80 ? name[..80] + "…" : name)}' cannot be a model's name.",
        $"Use letters, digits, dots, dashes and underscores, beginning with a letter or digit; at most {MaxLength}.");

    /// <summary>"bees@3" in its parts.</summary>
    public static (string Name, int? Version) Split(string reference)
    {
        var at = reference.LastIndexOf('@');
        return at > 0 && int.TryParse(reference.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (reference[..at], version) : (reference, null);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex Allowed();
}

/// <summary>
/// Reads the registry before the first request, and every two seconds: another machine may have changed it, or somebody installed a
/// bundle.
/// </summary>
internal sealed partial class RegistryRefresh(ModelRegistry registry, TimeProvider clock, ILogger<RegistryRefresh> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await registry.RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await registry.RefreshAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(logger, e); // the database may be unreachable for a while; what is in memory still holds
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry of models could not be read; the service tries again")]
    private static partial void Failed(ILogger logger, Exception exception);
}

/// <summary>Models by name and version.</summary>
internal static class RegistryRegistration
{
    public static void AddRegistry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<InstalledBundles>();
        builder.Services.AddSingleton<ModelRegistry>();
        builder.Services.AddSingleton<ModelChanges>();
        builder.Services.AddHostedService<RegistryRefresh>();
    }

    public static void MapRegistry(this WebApplication app) => ModelEndpoints.Map(app);
}
