namespace CaptionTL.Service.Serving;

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
