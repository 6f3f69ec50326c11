using CaptionTL.Service.Registry;
using CaptionTL.Service.Telemetry;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>
/// The models in memory. A request takes the version that is in use when it arrives. A version promoted meanwhile is loaded beside it,
/// and the old one is freed after its last answer, so that no request fails because a model changes.
/// </summary>
internal sealed class ModelHost(ModelRegistry registry, IOptions<ServiceOptions> service, IOptions<ServingOptions> serving,
    ServiceMetrics metrics, TimeProvider clock) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Slot> _slots = [];

    /// <summary>The model, kept in memory until the caller disposes it.</summary>
    /// <param name="name">"bees" or "bees@3"; the default model when null.</param>
    /// <exception cref="Api.ApiException">There is no such model.</exception>
    public async Task<CaptionModel> CaptionerAsync(string? name) => (CaptionModel)await UseAsync("caption", name);

    /// <inheritdoc cref="CaptionerAsync"/>
    public async Task<ClassModel> ClassifierAsync(string? name) => (ClassModel)await UseAsync("classify", name);

    public async ValueTask DisposeAsync()
    {
        List<Slot> all;
        lock (_lock)
        {
            all = [.. _slots.Values];
            _slots.Clear();
        }
        foreach (var slot in all) await FreeAsync(slot);
    }

    private async Task<LoadedModel> UseAsync(string task, string? name)
    {
        var requested = registry.Find(task, name);
        while (true)
        {
            var slot = SlotOf(requested);
            LoadedModel loaded;
            try
            {
                loaded = await slot.Model;
            }
            catch
            {
                // The next request tries to load it again.
                lock (_lock)
                    if (_slots.TryGetValue(requested.Path, out var current) && current == slot) _slots.Remove(requested.Path);
                // A version that was deleted after it was found is replaced by the one that is now in use.
                var now = registry.Find(task, name);
                if (now == requested) throw;
                requested = now;
                continue;
            }
            if (loaded.TryUse()) return loaded;
        }
    }

    private Slot SlotOf(ServedModel requested)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue(requested.Path, out var slot))
            {
                slot = new Slot(Task.Run(() => Load(requested)));
                _slots[requested.Path] = slot;
                MakeRoom(keep: requested.Path);
            }
            slot.LastUsed = clock.GetUtcNow();
            return slot;
        }
    }

    private void MakeRoom(string keep)
    {
        foreach (var (path, slot) in _slots.Where(s => s.Key != keep && s.Value.Model.IsCompleted).OrderBy(s => s.Value.LastUsed)
            .Take(_slots.Count - serving.Value.LoadedModels).ToList())
        {
            _slots.Remove(path);
            _ = FreeAsync(slot);
        }
    }

    private LoadedModel Load(ServedModel model) => model.Task == "caption"
        ? new CaptionModel(model, service.Value.Precision, serving.Value, metrics)
        : new ClassModel(model, service.Value.Precision, serving.Value, metrics);

    private static async Task FreeAsync(Slot slot)
    {
        try
        {
            await (await slot.Model).DisposeAsync();
        }
        catch (CaptionTLException)
        {
            // It could not be loaded; the requests that needed it were told.
        }
    }

    private sealed class Slot(Task<LoadedModel> model)
    {
        public Task<LoadedModel> Model => model;

        public DateTimeOffset LastUsed { get; set; }
    }
}

/// <summary>A bundle that can be loaded.</summary>
/// <param name="Name">"flickr8k".</param>
/// <param name="Version">From 1.</param>
/// <param name="Task">"caption" or "classify".</param>
/// <param name="Path">Of the bundle; its content never changes.</param>
public sealed record ServedModel(string Name, int Version, string Task, string Path);
