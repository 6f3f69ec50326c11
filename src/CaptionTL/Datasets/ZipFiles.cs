using System.IO.Compression;

namespace CaptionTL.Datasets;

/// <summary>A data set in a zip archive, read in place.</summary>
internal sealed class ZipFiles : DatasetFiles
{
    private const int MaxEntries = 2_000_000;

    /// <summary>Caption files of real data sets stay below 200 MB; an archive bomb does not.</summary>
    private const long MaxTextBytes = 1L << 30;

    private readonly ZipArchive _archive;

    /// <exception cref="CaptionTLException">Not a zip archive, or one with too many entries.</exception>
    public ZipFiles(string root) : base(root)
    {
        try
        {
            _archive = ZipFile.OpenRead(root);
            if (_archive.Entries.Count > MaxEntries)
                throw new CaptionTLException($"{root}: the archive has more than {MaxEntries} entries");
        }
        catch (InvalidDataException e)
        {
            throw new CaptionTLException($"{root}: not a zip archive, or damaged ({e.Message})", inner: e);
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in _archive.Entries.Where(e => !e.FullName.EndsWith('/')))
        {
            try
            {
                if (Normalize(entry.FullName) != entry.FullName)
                    Problems.Add(new DatasetProblem(Shorten(entry.FullName), "the archive names it in an unusual way (backslashes or "
                        + "./): skipped"));
                else if (!names.Add(entry.FullName))
                    Problems.Add(new DatasetProblem(entry.FullName, "the archive contains it twice: the first one is used"));
            }
            catch (FormatException e)
            {
                Problems.Add(new DatasetProblem(System.IO.Path.GetFileName(root), e.Message));
            }
        }
        SetPaths(names, names.Select(Folder).Concat(_archive.Entries.Select(e => e.FullName).Where(n => n.EndsWith('/')))
            .SelectMany(WithParents));
    }

    public override Stream Open(string path)
    {
        var entry = _archive.GetEntry(path) ?? throw new FileNotFoundException("no such entry", path);
        return new CappedStream(entry.Open(), MaxTextBytes, $"{Root}:{path}");
    }

    public override ImageSource Source(string path) => new(Root, path);

    /// <summary>"a/b/" as "a/b" and "a"; archives need not name their folders.</summary>
    private static IEnumerable<string> WithParents(string folder)
    {
        for (var name = folder.TrimEnd('/'); name.Length > 0; name = Folder(name).TrimEnd('/')) yield return name;
    }

    public override void Dispose()
    {
        _archive.Dispose();
        base.Dispose();
    }
}

/// <summary>Reads on until a number of bytes, then fails: what a compressed entry says of its own size is not to be trusted.</summary>
internal sealed class CappedStream(Stream inner, long maxBytes, string name) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="CaptionTLException">More than the allowed bytes.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        _read += count;
        return _read <= maxBytes ? count
            : throw new CaptionTLException(FormattableString.Invariant($"{name}: unpacks to more than {maxBytes:N0} bytes"));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
