using CaptionTL.Weights;

namespace CaptionTL.Embeddings;

/// <summary>
/// Embeddings of a data set, ready to be read at random: addresses within memory-mapped shards, no lock and no look-up.
/// Reading is thread-safe; nothing may read while or after the table is disposed.
/// </summary>
public sealed unsafe class EmbeddingTable : IDisposable
{
    private readonly List<SafetensorsFile> _files = [];
    private readonly nint[] _rows;
    private bool _disposed;

    private EmbeddingTable(int rows) => _rows = new nint[rows];

    /// <summary>Embeddings.</summary>
    public int Count => _rows.Length;

    /// <summary>Cells of the grid; 0 where the table is empty.</summary>
    public int Cells { get; private set; }

    /// <summary>Numbers per cell; 0 where the table is empty.</summary>
    public int Channels { get; private set; }

    /// <summary>One embedding, cells × channels numbers, not copied.</summary>
    public ReadOnlySpan<Half> this[int row]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new ReadOnlySpan<Half>((void*)_rows[row], Cells * Channels);
        }
    }

    /// <summary>Copies rows out: (rows, cells, channels), row-major.</summary>
    /// <param name="rows">In any order, also repeated.</param>
    /// <param name="destination">rows × cells × channels numbers.</param>
    public void Gather(ReadOnlySpan<int> rows, Span<Half> destination)
    {
        var size = Cells * Channels;
        if (destination.Length != (long)rows.Length * size)
            throw new ArgumentException($"{rows.Length} embeddings of {Cells} × {Channels} take {(long)rows.Length * size} numbers, the "
                + $"destination has {destination.Length}", nameof(destination));
        for (var i = 0; i < rows.Length; i++) this[rows[i]].CopyTo(destination[(i * size)..]);
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (var file in _files) file.Dispose();
        _files.Clear();
    }

    /// <exception cref="WeightFileException">A shard is gone or damaged.</exception>
    internal static EmbeddingTable Open(EmbeddingCache cache, EmbeddingLocation?[] locations)
    {
        var table = new EmbeddingTable(locations.Length);
        try
        {
            var needed = locations.Select(location => location!.Value.Shard).ToHashSet();
            var starts = new Dictionary<long, (nint First, int Rows)>();
            foreach (var shard in cache.Index.Shards())
                if (needed.Contains(shard.Id)) starts.Add(shard.Id, table.Map(cache.ShardPath(shard.Name), shard.Rows));
            for (var i = 0; i < locations.Length; i++)
            {
                var (shard, row) = locations[i]!.Value;
                if (!starts.TryGetValue(shard, out var start)) // pruned since the keys were looked up
                    throw new WeightFileException(cache.ShardFolder, $"shard {shard}", "is gone", new FileNotFoundException());
                if (row >= start.Rows) throw new WeightFileException(cache.ShardFolder, $"shard {shard}", $"has no row {row}");
                table._rows[i] = start.First + (nint)((long)row * table.Cells * table.Channels * sizeof(Half));
            }
            cache.Index.Touch(needed);
            return table;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    private (nint First, int Rows) Map(string path, int rows)
    {
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        if (!file.Tensors.TryGetValue("embeddings", out var entry) || entry is not { DType: TensorDType.F16, Shape.Length: 3 }
            || entry.Shape[0] != rows)
            throw new WeightFileException(path, "tensor 'embeddings'", $"is not F16 of [{rows}, cells, channels]");
        if (_files.Count == 1) (Cells, Channels) = ((int)entry.Shape[1], (int)entry.Shape[2]);
        if (entry.Shape[1] != Cells || entry.Shape[2] != Channels)
            throw new WeightFileException(path, "tensor 'embeddings'", $"holds {entry.Shape[1]} × {entry.Shape[2]} numbers an image, "
                + $"other shards of this table hold {Cells} × {Channels}");
        return ((nint)file.Address("embeddings"), rows);
    }
}
