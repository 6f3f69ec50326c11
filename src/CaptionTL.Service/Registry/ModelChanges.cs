using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Registry;

/// <summary>What people change in the registry; the next request is answered accordingly.</summary>
internal sealed partial class ModelChanges(IDbContextFactory<ServiceDb> databases, ModelRegistry registry, TimeProvider clock,
    ILogger<ModelChanges> logger)
{
    /// <param name="name">The model's name.</param>
    /// <param name="version">The version to be used from now on; the newest when null.</param>
    /// <param name="by">Who asked for it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ApiException">There is no such version.</exception>
    public async Task<Model> PromoteAsync(string name, int? version, string? by, CancellationToken cancellation)
    {
        var model = await FindAsync(name, cancellation);
        var chosen = version is { } number ? Version(model, number).Version : model.Versions[0].Version;
        if (model.InUse != chosen)
        {
            await using var database = await databases.CreateDbContextAsync(cancellation);
            database.Add(new ModelUseRecord { Name = name, Version = chosen, Time = clock.GetUtcNow(), By = by });
            await database.SaveChangesAsync(cancellation);
            Promoted(logger, name, chosen, by);
        }
        return await FindAsync(name, cancellation);
    }

    /// <summary>Back to the version that was in use before.</summary>
    /// <exception cref="ApiException">None was.</exception>
    public async Task<Model> RollBackAsync(string name, CancellationToken cancellation)
    {
        var model = await FindAsync(name, cancellation);
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var uses = await database.Set<ModelUseRecord>().Where(u => u.Name == name && u.Undone == null).OrderByDescending(u => u.Id)
            .ToListAsync(cancellation);
        // Not model.Before: another request may have rolled back since.
        if (uses.Count == 0 || (uses.Count == 1 && !model.Versions.Any(v => v.Installed)))
            throw new ApiException(409, "nothing_to_roll_back", $"No version of '{name}' was in use before.",
                "Promote the version that is to be used.");
        uses[0].Undone = clock.GetUtcNow();
        await database.SaveChangesAsync(cancellation);
        var now = await FindAsync(name, cancellation);
        RolledBack(logger, name, uses[0].Version, now.InUse);
        return now;
    }

    /// <summary>Lets the model answer its task where a request names none.</summary>
    /// <exception cref="ApiException">There is no such model, or none of its versions is in use.</exception>
    public async Task<Model> MakeDefaultAsync(string name, CancellationToken cancellation)
    {
        var model = await FindAsync(name, cancellation);
        if (model.InUse is null)
            throw new ApiException(409, "version_not_promoted", $"No version of '{name}' is in use.", "Promote one first.");
        await using var database = await databases.CreateDbContextAsync(cancellation);
        if (await database.Set<ModelDefaultRecord>().FindAsync([model.Task], cancellation) is { } before) before.Name = name;
        else database.Add(new ModelDefaultRecord { Task = model.Task, Name = name });
        await database.SaveChangesAsync(cancellation);
        return await FindAsync(name, cancellation);
    }

    /// <summary>Removes a version's bundle; its number is not given again.</summary>
    /// <exception cref="ApiException">There is no such version, it is in use, or it was installed by hand.</exception>
    public async Task DeleteAsync(string name, int version, CancellationToken cancellation)
    {
        var model = await FindAsync(name, cancellation);
        if (Version(model, version).Installed)
            throw new ApiException(409, "version_installed",
                $"Version {version} of '{name}' came with the program or was installed by hand.",
                "Remove its file where it was installed.");
        await using var database = await databases.CreateDbContextAsync(cancellation);
        await using var change = await database.Database.BeginTransactionAsync(cancellation);
        var uses = database.Set<ModelUseRecord>().Where(u => u.Name == name && u.Undone == null);
        if (await uses.OrderByDescending(u => u.Id).Select(u => (int?)u.Version).FirstOrDefaultAsync(cancellation) == version)
            throw new ApiException(409, "version_in_use", $"Version {version} of '{name}' is in use.",
                "Promote another version, or roll back, first.");
        var now = clock.GetUtcNow();
        await uses.Where(u => u.Version == version).ExecuteUpdateAsync(u => u.SetProperty(x => x.Undone, now), cancellation);
        await database.Set<ModelVersionRecord>().Where(v => v.Name == name && v.Version == version)
            .ExecuteUpdateAsync(v => v.SetProperty(x => x.Deleted, now), cancellation);
        await change.CommitAsync(cancellation);
        await registry.RefreshAsync(cancellation);
        File.Delete(registry.PathOf(name, version));
    }

    /// <summary>All models as they are now.</summary>
    public async Task<IReadOnlyList<Model>> ListAsync(CancellationToken cancellation)
    {
        await registry.RefreshAsync(cancellation);
        return registry.Snapshot.Models;
    }

    /// <summary>A model as it is now.</summary>
    /// <exception cref="ApiException">There is no such model.</exception>
    public async Task<Model> FindAsync(string name, CancellationToken cancellation)
    {
        await registry.RefreshAsync(cancellation);
        return registry.Snapshot.Find(name)
            ?? throw ApiException.NotFound($"There is no model '{name}'.", "GET /api/v1/models lists the models.");
    }

    /// <summary>A version as it is now.</summary>
    /// <exception cref="ApiException">There is no such version.</exception>
    public async Task<ModelVersion> FindAsync(string name, int version, CancellationToken cancellation) =>
        Version(await FindAsync(name, cancellation), version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model}: version {Version} is in use now, promoted by {By}")]
    private static partial void Promoted(ILogger logger, string model, int version, string? by);

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model}: back from version {Version} to {InUse}")]
    private static partial void RolledBack(ILogger logger, string model, int version, int? inUse);

    private static ModelVersion Version(Model model, int version) => model.Versions.FirstOrDefault(v => v.Version == version)
        ?? throw ApiException.NotFound($"There is no version {version} of '{model.Name}'.",
            $"GET /api/v1/models/{model.Name} lists its versions.");
}

/// <summary>Registers the models of finished runs, within the transaction that ends the job: both happen, once, or neither.</summary>
internal sealed class ModelPublisher(ModelRegistry registry, InstalledBundles installed, TimeProvider clock)
{
    /// <summary>Copies the bundle next to its place ahead of the transaction, which is to be short.</summary>
    /// <returns>The copy, for <see cref="AddAsync"/>; the caller deletes it where it is not used.</returns>
    public string Bring(PublishedRun run)
    {
        var folder = Path.GetDirectoryName(registry.PathOf(run.Name, 1))!;
        AtomicFile.RemoveLeftovers(folder);
        var copy = Path.Combine(folder, $".incoming-{Guid.NewGuid():N}");
        AtomicFile.Write(copy, to =>
        {
            using var from = File.OpenRead(run.Bundle);
            from.CopyTo(to);
        });
        return copy;
    }

    /// <summary>Adds the version; the caller commits.</summary>
    /// <param name="database">In a transaction.</param>
    /// <param name="run">The run that made the model.</param>
    /// <param name="job">Number of its job.</param>
    /// <param name="copy">From <see cref="Bring"/>; it is moved to its place.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The version's number.</returns>
    /// <exception cref="DbUpdateException">Another model of that name came first, or the job has published already.</exception>
    public async Task<int> AddAsync(ServiceDb database, PublishedRun run, long job, string copy, CancellationToken cancellation)
    {
        BundleManifest manifest;
        using (var bundle = ModelBundle.Open(copy)) manifest = bundle.Manifest;
        var newest = await database.Set<ModelVersionRecord>().Where(v => v.Name == run.Name)
            .MaxAsync(v => (int?)v.Version, cancellation) ?? 0;
        var isInstalled = installed.All.Any(m => m.Name == run.Name);
        var version = Math.Max(newest, isInstalled ? 1 : 0) + 1;
        var now = clock.GetUtcNow();
        database.Add(new ModelVersionRecord
        {
            Name = run.Name,
            Version = version,
            Task = manifest.Task,
            JobId = job,
            Created = now,
            Data = run.Data,
            Backbone = manifest.Backbone.Weights,
            Scores = manifest.Scores is null ? null : JsonSerializer.Serialize(manifest.Scores, Json.Compact),
            Bytes = new FileInfo(copy).Length,
        });
        if (run.Promote ?? version == 1)
            database.Add(new ModelUseRecord { Name = run.Name, Version = version, Time = now, By = run.By });
        await database.SaveChangesAsync(cancellation);
        // The row is locked now, so the number is ours. Where a crash before the commit leaves the file, the next one with the number
        // replaces it.
        File.Move(copy, registry.PathOf(run.Name, version), overwrite: true);
        return version;
    }
}

/// <summary>A finished run whose model becomes a version.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Bundle">Its file in the run folder.</param>
/// <param name="Data">The data set with its version.</param>
/// <param name="Promote">Use it at once; when null only where the model has no version yet.</param>
/// <param name="By">Who asked for the run.</param>
internal sealed record PublishedRun(string Name, string Bundle, string Data, bool? Promote, string? By);
