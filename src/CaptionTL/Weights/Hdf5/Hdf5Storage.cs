namespace CaptionTL.Weights.Hdf5;

/// <summary>Where and how a dataset's elements are stored.</summary>
internal abstract record Hdf5Storage
{
    /// <summary>One run of bytes; also what lies in the object header itself.</summary>
    /// <param name="Offset">First byte; <see cref="Hdf5Cursor.Undefined"/> where nothing was ever written.</param>
    /// <param name="Length">Bytes.</param>
    public sealed record Contiguous(long Offset, long Length) : Hdf5Storage;

    /// <summary>Blocks of equal shape, found through a B-tree.</summary>
    /// <param name="Tree">Address of its root.</param>
    /// <param name="Block">Shape of a block, in elements.</param>
    public sealed record Chunked(long Tree, long[] Block) : Hdf5Storage;

    /// <summary>Data layout message, version 3 (HDF5 1.6.3 and later).</summary>
    /// <param name="cursor">Within the message.</param>
    /// <param name="messageOffset">Where the message's data begin in the file.</param>
    public static Hdf5Storage Read(ref Hdf5Cursor cursor, long messageOffset)
    {
        var (version, kind) = (cursor.Byte(), cursor.Byte());
        if (version != 3) throw cursor.Bad($"version {version} of data layouts is not read; {Hdf5File.HowToRewrite}");
        switch (kind)
        {
            case 0:
                var size = cursor.UInt16();
                cursor.Take(size);
                return new Contiguous(messageOffset + 4, size);
            case 1:
                return new Contiguous(cursor.Address(), cursor.Length());
            case 2:
                var dimensions = cursor.Byte();
                if (dimensions is < 2 or > 33) throw cursor.Bad($"blocks of {dimensions} dimensions");
                var tree = cursor.Address();
                var block = new long[dimensions - 1];
                for (var i = 0; i < block.Length; i++) block[i] = cursor.UInt32();
                if (block.Contains(0)) throw cursor.Bad("blocks without elements");
                cursor.UInt32(); // bytes of an element, once more
                return new Chunked(tree, block);
            default:
                throw cursor.Bad("its data lie outside this file (virtual), which is not read");
        }
    }
}
