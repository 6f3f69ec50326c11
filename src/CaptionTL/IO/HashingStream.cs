using System.Security.Cryptography;

namespace CaptionTL.IO;

/// <summary>Passes bytes on and hashes them on the way; write only.</summary>
internal sealed class HashingStream(Stream inner, IncrementalHash hash) : Stream
{
    private const int Block = 1 << 18; // hashed and written while it is in the processor's cache

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => inner.Length;

    public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var block = buffer[..Math.Min(buffer.Length, Block)];
            hash.AppendData(block);
            inner.Write(block);
            buffer = buffer[block.Length..];
        }
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
