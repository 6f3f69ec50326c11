using CaptionTL.IO;
using Microsoft.Data.Sqlite;

namespace CaptionTL.Embeddings;

/// <summary>Where an embedding lies: a row of a shard.</summary>
internal readonly record struct EmbeddingLocation(long Shard, int Row);

/// <summary>A shard as the index knows it. Times are Unix seconds.</summary>
internal sealed record ShardRecord(long Id, string Name, ContentHash Encoder, int Rows, long Bytes, ContentHash Sha256,
    long Created, long Used);

/// <summary>
/// The SQLite side of the cache: which embedding lies in which shard. A row is only ever written after its shard is in
/// place. Several processes may work on one index (write-ahead log); within a process all calls take turns.
/// </summary>
internal sealed class EmbeddingIndex : IDisposable
{
    private const int Version = 1;

    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();
    private readonly SqliteCommand _find, _recall;

    public EmbeddingIndex(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 60 }
            .ToString());
        try
        {
            _connection.Open();
            Run("PRAGMA busy_timeout = 60000");
            Run("PRAGMA journal_mode = WAL");
            Run("PRAGMA synchronous = FULL");
            CreateTables(path);
        }
        catch (SqliteException e)
        {
            _connection.Dispose();
            throw new CaptionTLException($"{path} cannot be used as the index of an embedding cache: {e.Message}. "
                + "If it is damaged, delete the folder; embeddings are computed again.", isInput: false, e);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
        _find = Prepare("SELECT shard, row FROM embeddings WHERE encoder = $encoder AND content = $content AND view = $view", "$encoder",
            "$content", "$view");
        _recall = Prepare("SELECT content FROM files WHERE path = $path AND stamp = $stamp", "$path", "$stamp");
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _find.Dispose();
            _recall.Dispose();
            _connection.Dispose();
        }
    }

    /// <summary>Where each key lies, null where it is missing; all as of one moment.</summary>
    public EmbeddingLocation?[] Find(IReadOnlyList<EmbeddingKey> keys)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction(deferred: true);
            _find.Transaction = transaction;
            var found = new EmbeddingLocation?[keys.Count];
            var encoders = new Dictionary<ContentHash, long?>();
            var content = new byte[ContentHash.Size];
            for (var i = 0; i < found.Length; i++)
            {
                var key = keys[i];
                if (!encoders.TryGetValue(key.Encoder, out var encoder)) encoders[key.Encoder] = encoder = EncoderId(key.Encoder);
                if (encoder is null) continue;
                key.Content.CopyTo(content);
                _find.Parameters[0].Value = encoder;
                _find.Parameters[1].Value = content;
                _find.Parameters[2].Value = key.View;
                using var reader = _find.ExecuteReader();
                if (reader.Read()) found[i] = new EmbeddingLocation(reader.GetInt64(0), reader.GetInt32(1));
            }
            return found;
        }
    }

    /// <summary>Enters a shard that is in place, with its rows.</summary>
    /// <returns>How many of the embeddings are new; where none is, nothing is entered.</returns>
    public int Commit(ShardRecord shard, string fingerprint, int cells, int channels, IReadOnlyList<EmbeddingKey> rows)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            Run("INSERT OR IGNORE INTO encoders (hash, fingerprint, cells, channels) VALUES ($hash, $fingerprint, $cells, $channels)",
                ("$hash", shard.Encoder.ToBytes()), ("$fingerprint", fingerprint), ("$cells", cells), ("$channels", channels));
            var encoder = EncoderId(shard.Encoder)!;
            Run("INSERT INTO shards (name, encoder, rows, bytes, sha256, created, used) VALUES ($name, $encoder, $rows, $bytes, "
                + "$sha256, $created, $used)",
                ("$name", shard.Name), ("$encoder", encoder), ("$rows", shard.Rows), ("$bytes", shard.Bytes),
                    ("$sha256", shard.Sha256.ToBytes()), ("$created", shard.Created), ("$used", shard.Used));
            var id = (long)Scalar("SELECT last_insert_rowid()")!;
            using var insert = Prepare("INSERT OR IGNORE INTO embeddings (encoder, content, view, shard, row) VALUES ($encoder, "
                + "$content, $view, $shard, $row)",
                "$encoder", "$content", "$view", "$shard", "$row");
            insert.Transaction = transaction;
            var added = 0;
            for (var row = 0; row < rows.Count; row++)
            {
                insert.Parameters[0].Value = encoder;
                insert.Parameters[1].Value = rows[row].Content.ToBytes();
                insert.Parameters[2].Value = rows[row].View;
                insert.Parameters[3].Value = id;
                insert.Parameters[4].Value = row;
                added += insert.ExecuteNonQuery();
            }
            if (added > 0) transaction.Commit();
            return added;
        }
    }

    /// <summary>Takes a shard and its rows out of the index, and an encoder of which nothing is left.</summary>
    /// <returns>How many embeddings it held.</returns>
    public int Remove(long shard)
    {
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            var rows = Run("DELETE FROM embeddings WHERE shard = $shard", ("$shard", shard));
            Run("DELETE FROM shards WHERE id = $shard", ("$shard", shard));
            Run("DELETE FROM encoders WHERE id NOT IN (SELECT encoder FROM shards)");
            transaction.Commit();
            return rows;
        }
    }

    public List<ShardRecord> Shards()
    {
        lock (_gate)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = "SELECT s.id, s.name, e.hash, s.rows, s.bytes, s.sha256, s.created, s.used FROM shards s JOIN "
                + "encoders e ON e.id = s.encoder ORDER BY s.id";
            using var reader = command.ExecuteReader();
            var shards = new List<ShardRecord>();
            while (reader.Read())
            {
                shards.Add(new ShardRecord(reader.GetInt64(0), reader.GetString(1), ContentHash.FromBytes(reader.GetFieldValue<byte[]>(2)),
                    reader.GetInt32(3),
                    reader.GetInt64(4), ContentHash.FromBytes(reader.GetFieldValue<byte[]>(5)), reader.GetInt64(6), reader.GetInt64(7)));
            }
            return shards;
        }
    }

    public bool HasShard(string name)
    {
        lock (_gate) return Scalar("SELECT 1 FROM shards WHERE name = $name", ("$name", name)) is not null;
    }

    public List<EmbeddingCacheEntry> List()
    {
        lock (_gate)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = """
                SELECT e.fingerprint, e.cells, e.channels,
                       (SELECT count(DISTINCT content) FROM embeddings WHERE encoder = e.id),
                       (SELECT count(*) FROM embeddings WHERE encoder = e.id),
                       count(*), sum(s.bytes), min(s.created), max(s.used)
                FROM encoders e JOIN shards s ON s.encoder = e.id GROUP BY e.id ORDER BY e.fingerprint
                """;
            using var reader = command.ExecuteReader();
            var entries = new List<EmbeddingCacheEntry>();
            while (reader.Read())
            {
                entries.Add(new EmbeddingCacheEntry(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3),
                    reader.GetInt32(4), reader.GetInt32(5),
                    reader.GetInt64(6), DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(7)),
                        DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(8))));
            }
            return entries;
        }
    }

    /// <summary>Notes that shards were read; to the hour, so that reading seldom writes.</summary>
    public void Touch(IReadOnlyCollection<long> shards)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        lock (_gate)
        {
            var stale = shards.Where(id => Scalar("SELECT 1 FROM shards WHERE id = $id AND used < $hour", ("$id", id),
                ("$hour", now - 3600)) is not null).ToList();
            if (stale.Count == 0) return;
            using var transaction = _connection.BeginTransaction();
            foreach (var id in stale) Run("UPDATE shards SET used = $now WHERE id = $id", ("$now", now), ("$id", id));
            transaction.Commit();
        }
    }

    /// <summary>The content hash a file had when it had this stamp; null where that is not known.</summary>
    public ContentHash? Recall(string file, FileStamp stamp)
    {
        lock (_gate)
        {
            _recall.Parameters[0].Value = file;
            _recall.Parameters[1].Value = stamp.ToString();
            return _recall.ExecuteScalar() is byte[] hash ? ContentHash.FromBytes(hash) : null;
        }
    }

    public void Remember(IReadOnlyCollection<(string File, FileStamp Stamp, ContentHash Content)> files)
    {
        if (files.Count == 0) return;
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            using var insert = Prepare("INSERT OR REPLACE INTO files (path, stamp, content) VALUES ($path, $stamp, $content)", "$path",
                "$stamp", "$content");
            insert.Transaction = transaction;
            foreach (var (file, stamp, content) in files)
            {
                insert.Parameters[0].Value = file;
                insert.Parameters[1].Value = stamp.ToString();
                insert.Parameters[2].Value = content.ToBytes();
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
        }
    }

    public void ForgetFiles()
    {
        lock (_gate) Run("DELETE FROM files");
    }

    /// <summary>SQLite's own check; null where all is well.</summary>
    public string? Check()
    {
        lock (_gate) return Scalar("PRAGMA quick_check(1)") is string text && text != "ok" ? text : null;
    }

    private void CreateTables(string path)
    {
        using var transaction = _connection.BeginTransaction();
        var version = (long)Scalar("PRAGMA user_version")!;
        if (version > Version)
            throw new CaptionTLException($"{path} was written by a newer version of CaptionTL (format {version}, this one knows "
                + $"{Version}). Use that version, or another folder (CAPTIONTL_HOME).");
        if (version == Version) return;
        Run("""
            CREATE TABLE encoders (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, fingerprint TEXT NOT NULL,
                                   cells INTEGER NOT NULL, channels INTEGER NOT NULL);
            CREATE TABLE shards (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, encoder INTEGER NOT NULL,
                                 rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
                                 sha256 BLOB NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL);
            CREATE TABLE embeddings (encoder INTEGER NOT NULL, content BLOB NOT NULL, view INTEGER NOT NULL,
                                     shard INTEGER NOT NULL, row INTEGER NOT NULL,
                                     PRIMARY KEY (encoder, content, view)) WITHOUT ROWID;
            CREATE INDEX embeddings_by_shard ON embeddings (shard);
            CREATE TABLE files (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
            PRAGMA user_version = 1;
            """);
        transaction.Commit();
    }

    private long? EncoderId(ContentHash hash) => Scalar("SELECT id FROM encoders WHERE hash = $hash", ("$hash", hash.ToBytes())) as long?;

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private SqliteCommand Command(string sql, (string Name, object Value)[] values)
    {
        var command = Prepare(sql);
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }

    private int Run(string sql, params (string Name, object Value)[] values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    private object? Scalar(string sql, params (string Name, object Value)[] values)
    {
        using var command = Command(sql, values);
        return command.ExecuteScalar();
    }
}
