using System.Buffers.Binary;
using System.Text.Json;
using CaptionTL.IO;

namespace CaptionTL.Weights;

/// <summary>
/// Writes safetensors files that any library of that format reads. The same tensors give the same bytes: the order is
/// that of the reference implementation, widest elements first and then by name, so that every tensor is aligned.
/// </summary>
public static class SafetensorsWriter
{
    /// <summary>Writes a file that appears whole or not at all.</summary>
    /// <param name="path">The target; its folder is made where it is missing.</param>
    /// <param name="tensors">In any order.</param>
    /// <param name="metadata">Notes, for instance format = pt; may be null.</param>
    /// <exception cref="ArgumentException">A name twice, a negative size, a tensor that writes too few or too many bytes.</exception>
    public static void Write(string path, IEnumerable<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes to a stream, from its current position on.</summary>
    /// <inheritdoc cref="Write(string, IEnumerable{SafetensorsTensor}, IReadOnlyDictionary{string, string}?)"/>
    public static void Write(Stream stream, IEnumerable<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var ordered = tensors.OrderByDescending(t => t.DType.Size()).ThenBy(t => t.Name, StringComparer.Ordinal).ToList();
        var header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in ordered)
        {
            var counted = new CountingStream(stream);
            tensor.Write(counted);
            if (counted.Count != tensor.Length)
                throw new ArgumentException($"tensor '{tensor.Name}' wrote {counted.Count} bytes, its shape "
                    + $"[{string.Join(", ", tensor.Shape)}] takes {tensor.Length}");
        }
    }

    /// <summary>JSON, padded with spaces so that the data begins at a multiple of eight bytes.</summary>
    private static byte[] Header(List<SafetensorsTensor> ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
            var offset = 0L;
            foreach (var tensor in ordered)
            {
                if (!names.Add(tensor.Name))
                    throw new ArgumentException($"two tensors, or a tensor and the metadata, are called '{tensor.Name}'");
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.DType.Name());
                json.WriteStartArray("shape");
                foreach (var n in tensor.Shape)
                {
                    if (n < 0) throw new ArgumentException($"tensor '{tensor.Name}' has a negative size");
                    json.WriteNumberValue(n);
                }
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset = checked(offset + tensor.Length));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private sealed class CountingStream(Stream inner) : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Count;

        public override long Position { get => Count; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer);
            Count += buffer.Length;
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
