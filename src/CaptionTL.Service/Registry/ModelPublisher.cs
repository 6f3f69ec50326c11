using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Service.Storage;
using Microsoft.EntityFrameworkCore;

namespace CaptionTL.Service.Registry;

/// <summary>Registers the models of finished runs, within the transaction that ends the job: both happen, once, or neither.</summary>
internal sealed class ModelPublisher(ModelRegistry registry, InstalledBundles installed, TimeProvider clock)
{
    /// <summary>Copies the bundle next to where it will lie; done ahead of the transaction, which is to be short.</summary>
    /// <returns>The copy, to be passed on, and to be deleted by the caller where nothing came of it.</returns>
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

    /// <summary>Adds the version; to be committed by the caller.</summary>
    /// <param name="database">In a transaction.</param>
    /// <param name="run">Whose model it is.</param>
    /// <param name="job">Its number.</param>
    /// <param name="copy">From <see cref="Bring"/>; moved to its place.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The version's number.</returns>
    /// <exception cref="DbUpdateException">Another model of that name came first, or the job has published already.</exception>
    public async Task<int> AddAsync(ServiceDb database, PublishedRun run, long job, string copy, CancellationToken cancellation)
    {
        var manifest = run.ReadManifest();
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
        if (run.Promote ?? version == 1) database.Add(new ModelUseRecord { Name = run.Name, Version = version, Time = now, By = run.By });
        await database.SaveChangesAsync(cancellation);
        // The row is held now, so the number is ours; a file left by a crash before the commit is replaced by whoever gets the number
        // next.
        File.Move(copy, registry.PathOf(run.Name, version), overwrite: true);
        return version;
    }
}

/// <summary>A finished run that becomes a model's version.</summary>
/// <param name="Name">Of the model.</param>
/// <param name="Bundle">Its file in the run folder.</param>
/// <param name="Data">The data set with its version.</param>
/// <param name="Promote">Use it at once; when null only where its name has no version yet.</param>
/// <param name="By">Who asked for the run.</param>
internal sealed record PublishedRun(string Name, string Bundle, string Data, bool? Promote, string? By)
{
    /// <summary>What the bundle says of itself.</summary>
    public BundleManifest ReadManifest()
    {
        using var bundle = ModelBundle.Open(Bundle);
        return bundle.Manifest;
    }
}
