using CaptionTL.Images;
using CaptionTL.Service.Telemetry;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>
/// The models in memory. A question takes the version that is in use when it comes; a version promoted meanwhile is loaded beside
/// it, and the old one goes when its last question is answered, so that no question fails for a change of models.
/// </summary>
internal sealed class ModelHost(IModelCatalog catalog, IOptions<ServiceOptions> service, IOptions<ServingOptions> serving,
    ServiceMetrics metrics, TimeProvider clock) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Slot> _slots = [];

    /// <summary>The model, to be disposed by the asker when it is done.</summary>
    /// <param name="name">"bees" or "bees@3"; the default when null.</param>
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
        var wanted = catalog.Find(task, name);
        while (true)
        {
            var slot = SlotOf(wanted);
            LoadedModel loaded;
            try
            {
                loaded = await slot.Model;
            }
            catch
            {
                // What could not be loaded now may be later.
                lock (_lock)
                    if (_slots.TryGetValue(wanted.Path, out var there) && there == slot) _slots.Remove(wanted.Path);
                // A version that was deleted since it was found is none that the question must have.
                var now = catalog.Find(task, name);
                if (now == wanted) throw;
                wanted = now;
                continue;
            }
            if (loaded.TryUse()) return loaded;
        }
    }

    private Slot SlotOf(ServedModel wanted)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue(wanted.Path, out var slot))
            {
                slot = new Slot(Task.Run(() => Load(wanted)));
                _slots[wanted.Path] = slot;
                MakeRoom(keep: wanted.Path);
            }
            slot.LastAsked = clock.GetUtcNow();
            return slot;
        }
    }

    private void MakeRoom(string keep)
    {
        foreach (var (path, slot) in _slots.Where(s => s.Key != keep && s.Value.Model.IsCompleted).OrderBy(s => s.Value.LastAsked)
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
            // It could not be loaded; whoever asked for it was told.
        }
    }

    private sealed class Slot(Task<LoadedModel> model)
    {
        public Task<LoadedModel> Model => model;

        public DateTimeOffset LastAsked { get; set; }
    }
}

/// <summary>The models that can be asked.</summary>
public interface IModelCatalog
{
    /// <summary>Every model's version in use.</summary>
    IReadOnlyList<ServedModel> All { get; }

    /// <summary>The model that answers.</summary>
    /// <param name="task">"caption" or "classify".</param>
    /// <param name="name">"bees" (the version in use) or "bees@3"; the task's default when null.</param>
    /// <exception cref="Api.ApiException">There is no such model.</exception>
    ServedModel Find(string task, string? name);
}

/// <summary>A model in memory. Freed when it was taken out of use and the last asker has let go of it.</summary>
internal abstract class LoadedModel(ServedModel model) : IAsyncDisposable
{
    private int _users = 1; // whoever keeps it loaded

    public ServedModel Model => model;

    /// <summary>False when it has been freed already.</summary>
    public bool TryUse()
    {
        for (var users = Volatile.Read(ref _users); users > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users) return true;
            users = seen;
        }
        return false;
    }

    /// <summary>Lets go of it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Decrement(ref _users) == 0) await FreeAsync();
    }

    protected abstract ValueTask FreeAsync();
}

/// <summary>A bundle that can be asked.</summary>
/// <param name="Name">"flickr8k".</param>
/// <param name="Version">From 1.</param>
/// <param name="Task">"caption" or "classify".</param>
/// <param name="Path">Of the bundle; its content never changes.</param>
public sealed record ServedModel(string Name, int Version, string Task, string Path);

/// <summary>A model in memory and the images that wait for it.</summary>
/// <typeparam name="TQuestion">What is asked of an image; images whose questions are equal go through the model together.</typeparam>
/// <typeparam name="TResult">Its answer.</typeparam>
internal abstract class QueuedModel<TQuestion, TResult> : LoadedModel where TQuestion : notnull
{
    private readonly BatchQueue<TQuestion, RgbImage, TResult> _queue;

    protected QueuedModel(ServedModel model, ServingOptions options, ServiceMetrics metrics) : base(model) =>
        _queue = new(Answer, options) { Telemetry = (metrics, model.Task) };

    public abstract Preprocessor Preprocessor { get; }

    /// <exception cref="Api.ApiException">503: too many images wait already.</exception>
    /// <exception cref="OperationCanceledException">Whoever asked is gone.</exception>
    public Task<Answered<TResult>> AskAsync(TQuestion question, RgbImage image, CancellationToken cancellation) =>
        _queue.AskAsync(question, image, cancellation);

    /// <param name="question">Of all images.</param>
    /// <param name="images">Ready for the network.</param>
    /// <param name="cancellation">Nobody waits for the answer any more.</param>
    protected abstract IReadOnlyList<TResult> Answer(TQuestion question, IReadOnlyList<RgbImage> images, CancellationToken cancellation);

    protected abstract void FreeNetwork();

    protected override async ValueTask FreeAsync()
    {
        await _queue.DisposeAsync();
        FreeNetwork();
    }
}
