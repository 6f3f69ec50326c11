using CaptionTL.Images;

namespace CaptionTL.Service.Serving;

/// <summary>A model in memory with its queue. Freed when it was taken out of use and the last asker has let go of it.</summary>
internal abstract class LoadedModel(ServedModel model) : IAsyncDisposable
{
    private int _users = 1; // whoever keeps it loaded

    public ServedModel Model => model;

    public abstract Preprocessor Preprocessor { get; }

    /// <summary>Rows and columns of the last features.</summary>
    public abstract (int Rows, int Columns) Grid { get; }

    /// <summary>Pictures that wait now.</summary>
    public abstract int Waiting { get; }

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

    protected static (int Rows, int Columns) GridOf(Preprocessing pixels, int cells)
    {
        var rows = (int)Math.Round(Math.Sqrt(cells * (double)pixels.Height / pixels.Width));
        return rows > 0 && cells % rows == 0 ? (rows, cells / rows) : (1, cells);
    }
}
