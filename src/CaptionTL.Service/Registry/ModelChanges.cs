using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CaptionTL.Service.Registry;

/// <summary>What people change in the registry; serving sees it with its next request.</summary>
internal sealed partial class ModelChanges(IDbContextFactory<ServiceDb> databases, ModelRegistry registry, TimeProvider clock,
    ILogger<ModelChanges> logger)
{
    /// <param name="name">Of the model.</param>
    /// <param name="version">To be used from now on; the newest when null.</param>
    /// <param name="by">Who asked.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ApiException">There is no such version.</exception>
    public async Task<Model> PromoteAsync(string name, int? version, string? by, CancellationToken cancellation)
    {
        var model = await FindAsync(name, cancellation);
        var chosen = version ?? model.Versions[0].Version;
        if (model.Versions.All(v => v.Version != chosen)) throw NoVersion(name, chosen);
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
        // not Before: another may have rolled back since
        if (uses.Count == 0 || (uses.Count == 1 && !model.Versions.Any(v => v.Installed)))
            throw new ApiException(409, "nothing_to_roll_back", $"No version of '{name}' was in use before.",
                "Promote the version that is meant.");
        uses[0].Undone = clock.GetUtcNow();
        await database.SaveChangesAsync(cancellation);
        var now = await FindAsync(name, cancellation);
        RolledBack(logger, name, uses[0].Version, now.InUse);
        return now;
    }

    /// <summary>The model answers its task where none is named.</summary>
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
        var found = model.Versions.FirstOrDefault(v => v.Version == version) ?? throw NoVersion(name, version);
        if (found.Installed)
            throw new ApiException(409, "version_installed", $"Version {version} of '{name}' came with the program or was "
                + $"installed by hand.", "Remove its file where it was installed.");
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

    /// <summary>As it is now.</summary>
    /// <exception cref="ApiException">There is no such model.</exception>
    public async Task<Model> FindAsync(string name, CancellationToken cancellation)
    {
        await registry.RefreshAsync(cancellation);
        return registry.Snapshot.Find(name) ?? throw ApiException.NotFound($"There is no model '{name}'.",
            "GET /api/v1/models lists those there are.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model}: version {Version} is in use now, promoted by {By}")]
    private static partial void Promoted(ILogger logger, string model, int version, string? by);

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model}: back from version {Version} to {InUse}")]
    private static partial void RolledBack(ILogger logger, string model, int version, int? inUse);

    private static ApiException NoVersion(string name, int version) =>
        ApiException.NotFound($"There is no version {version} of '{name}'.", $"GET /api/v1/models/{name} lists those there are.");
}
