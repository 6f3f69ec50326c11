using System.Collections.Concurrent;
using CaptionTL.IO;

namespace CaptionTL.Embeddings;

/// <summary>
/// What one run has to do: whose content hash is known from an earlier run and has all its views in the cache needs no
/// reading at all; the rest is read, in order. The plan also keeps two equal images from being computed twice.
/// </summary>
internal sealed class EmbeddingPlan
{
    private readonly EmbeddingCache _cache;
    private readonly IReadOnlyList<EmbeddingItem> _items;
    private readonly ContentHash _encoder;
    private readonly int _views;
    private readonly FileStamp?[] _stamps;
    private readonly ConcurrentDictionary<ContentHash, bool> _claimed = new();
    private readonly ConcurrentDictionary<ContentHash, string> _failed = new();
    private readonly string?[] _reasons;
    private readonly int[] _planned; // embeddings expected of each item, as counted in _total
    private int _total, _skipped;

    public EmbeddingPlan(EmbeddingCache cache, IReadOnlyList<EmbeddingItem> items, ContentHash encoder, int views)
    {
        (_cache, _items, _encoder, _views) = (cache, items, encoder, views);
        _stamps = new FileStamp?[items.Count];
        _reasons = new string?[items.Count];
        _planned = new int[items.Count];
        Contents = new ContentHash?[items.Count];
        RecallContents();
        ToRead = FindUnfinished();
    }

    /// <summary>Hash of every item's bytes, as far as it is known.</summary>
    public ContentHash?[] Contents { get; }

    /// <summary>Items whose bytes are needed.</summary>
    public List<int> ToRead { get; }

    /// <summary>Embeddings to compute; at first an upper bound.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>Images that could not be read so far.</summary>
    public int Skipped => Volatile.Read(ref _skipped);

    /// <summary>Content hashes that a later run may take over without reading the file.</summary>
    public ConcurrentQueue<(string File, FileStamp Stamp, ContentHash Content)> ToRemember { get; } = new();

    /// <summary>Notes an item's content and says which of its views this caller has to compute.</summary>
    public int[] Claim(int item, ContentHash content)
    {
        Contents[item] = content;
        var source = _items[item].Source;
        if (_stamps[item] is { IsSettled: true } stamp && FileStamp.Of(source.Path) == stamp)
            ToRemember.Enqueue((FileName(item), stamp, content));
        var views = _claimed.TryAdd(content, true) ? MissingViews(content) : [];
        Interlocked.Add(ref _total, views.Length - _planned[item]);
        return views;
    }

    /// <summary>Notes that an item's bytes could not be had.</summary>
    public void FailToRead(int item, string reason)
    {
        _reasons[item] = reason;
        if (Contents[item] is { } known) _failed[known] = reason; // equal images were to be computed from this one
        Interlocked.Add(ref _total, -_planned[item]);
        Interlocked.Increment(ref _skipped);
    }

    /// <summary>Notes that a content is no image; every item of that content is skipped.</summary>
    /// <param name="content">Of the image's bytes.</param>
    /// <param name="reason">For the report.</param>
    /// <param name="views">How many of its claimed views are now not computed.</param>
    public void FailToDecode(ContentHash content, string reason, int views)
    {
        _failed[content] = reason;
        Interlocked.Add(ref _total, -views);
        Interlocked.Increment(ref _skipped);
    }

    /// <summary>The report of skipped images; their contents become null.</summary>
    public List<SkippedImage> TakeSkipped()
    {
        var skipped = new List<SkippedImage>();
        for (var i = 0; i < _items.Count; i++)
        {
            var reason = Contents[i] is { } content && _failed.TryGetValue(content, out var failed) ? failed : _reasons[i];
            if (reason is null) continue;
            Contents[i] = null;
            skipped.Add(new SkippedImage(_items[i].Id, reason));
        }
        return skipped;
    }

    private void RecallContents()
    {
        var archives = new Dictionary<string, FileStamp?>(StringComparer.Ordinal); // one look at an archive of thousands
        for (var i = 0; i < _items.Count; i++)
        {
            var source = _items[i].Source;
            if (source.Entry is null) _stamps[i] = FileStamp.Of(source.Path);
            else if (!archives.TryGetValue(source.Path, out _stamps[i])) archives[source.Path] = _stamps[i] = FileStamp.Of(source.Path);
            if (_stamps[i] is { } stamp) Contents[i] = _cache.Index.Recall(FileName(i), stamp);
        }
    }

    private List<int> FindUnfinished()
    {
        // Of equal images the first one is read for all.
        var known = Enumerable.Range(0, _items.Count).Where(i => Contents[i] is not null).DistinctBy(i => Contents[i]).ToList();
        var keys = new List<EmbeddingKey>(known.Count * _views);
        foreach (var i in known)
            for (var view = 0; view < _views; view++) keys.Add(new EmbeddingKey(Contents[i]!.Value, _encoder, view));
        foreach (var k in _cache.Missing(keys)) _planned[known[k / _views]]++;
        for (var i = 0; i < _items.Count; i++)
            if (Contents[i] is null) _planned[i] = _views;
        _total = _planned.Sum();
        return [.. Enumerable.Range(0, _items.Count).Where(i => _planned[i] > 0)];
    }

    private int[] MissingViews(ContentHash content) =>
        _cache.Missing([.. Enumerable.Range(0, _views).Select(view => new EmbeddingKey(content, _encoder, view))]);

    /// <summary>Full path; entries of an archive follow it after a character that no path holds.</summary>
    private string FileName(int item)
    {
        var source = _items[item].Source;
        var path = Path.GetFullPath(source.Path);
        return source.Entry is null ? path : path + "\0" + source.Entry;
    }
}
