using System.IO.Compression;

namespace CaptionTL.Tests.Weights;

/// <summary>Everything that can be wrong with a checkpoint of PyTorch.</summary>
internal static class BadTorchFiles
{
    /// <summary>A storage of one number, 1.</summary>
    public static readonly byte[] One = [0, 0, 0x80, 0x3F];

    /// <summary>Pickles; they belong into an archive with one storage of four bytes.</summary>
    public static BadFileList Pickles => new()
    {
        { "subprocess", new PickleBuilder().Global("subprocess", "Popen").Op("(").Text("touch /tmp/owned").Op("tR").End() },
        { "os.system", new PickleBuilder().Global("os", "system").Op("(").Text("id").Op("tR").End() },
        { "posix.system", new PickleBuilder().Global("posix", "system").Op(")R").End() },
        { "builtins.eval", new PickleBuilder().Global("builtins", "eval").Op("(").Text("1").Op("tR").End() },
        { "builtins.getattr", new PickleBuilder().Global("builtins", "getattr").Op(")R").End() },
        { "__builtin__.exec", new PickleBuilder().Global("__builtin__", "exec").Op(")R").End() },
        { "torch.load", new PickleBuilder().Global("torch", "load").Op(")R").End() },
        { "torch.storage._load_from_bytes", new PickleBuilder().Global("torch.storage", "_load_from_bytes").Op(")R").End() },
        { "torch.hub.load", new PickleBuilder().Global("torch.hub", "load").Op(")R").End() },
        { "numpy scalar", new PickleBuilder().Global("numpy.core.multiarray", "scalar").Op(")R").End() },
        { "a whole model", new PickleBuilder().Global("torchvision.models.resnet", "ResNet").Op(")\u0081").End() },
        { "dotted name", new PickleBuilder().Global("torch", "_utils._rebuild_tensor_v2").Op(")R").End() },
        { "dotted name through a stack global", new PickleBuilder().Text("torch").Text("_utils._rebuild_tensor_v2").Raw(0x93).End() },
        { "name with a prefix of an allowed one", new PickleBuilder().Global("torch", "FloatStorageX").End() },
        { "empty module", new PickleBuilder().Global("", "collections.OrderedDict").End() },
        { "stack global of a number", new PickleBuilder().Number(1).Number(2).Raw(0x93).End() },
        { "instance opcode", new PickleBuilder().Op("(ios\nsystem\n").End() },
        { "object opcode", new PickleBuilder().Op("(").Global("torch", "Size").Op("o").End() },
        { "new object opcode", new PickleBuilder().Global("torch", "Size").Op(")\u0081").End() },
        { "extension registry", new PickleBuilder().Raw(0x82, 1).End() },
        { "persistent id as text", new PickleBuilder().Op("Pabc\n").End() },
        { "text opcodes of protocol 0", new PickleBuilder().Op("I1\n").End() },
        { "protocol in the middle", new PickleBuilder().Op("}").Raw(0x80, 2).End() },
        { "no pickle", "hello"u8.ToArray() },
        { "empty", [] },
        { "stack underflow", new PickleBuilder().Op("000").End() },
        { "mark underflow", new PickleBuilder().Op("t").End() },
        { "below the mark", new PickleBuilder().Op("}(0").End() },
        { "nothing left", new PickleBuilder().End() },
        { "two values left", new PickleBuilder().Op("}}").End() },
        { "unknown memo", new PickleBuilder().Op("h\u0005").End() },
        { "odd items", new PickleBuilder().Op("}(").Text("a").Op("u").End() },
        { "items into a list", new PickleBuilder().Op("](").Text("a").Text("b").Op("u").End() },
        { "append to a dict", new PickleBuilder().Op("}").Text("a").Op("a").End() },
        { "calling text", new PickleBuilder().Text("a").Op(")R").End() },
        { "state of a list", new PickleBuilder().Op("]}b").End() },
        { "storage without a type", new PickleBuilder().Op("}").Text("w").Op("(").Text("storage").Text("x").Text("0").Text("cpu").Number(1)
            .Op("tQs").End() },
        { "storage of a function", new PickleBuilder().Op("(").Text("storage").Global("torch", "Size").Text("0").Text("cpu").Number(1)
            .Op("tQ").End() },
        { "storage of a negative count", new PickleBuilder().Op("}").Text("w").Storage("Float", "0", -1).Op("s").End() },
        { "unknown storage type", new PickleBuilder().Op("}").Text("w").Storage("ComplexDouble", "0", 1).Op("s").End() },
        { "quantized tensor", new PickleBuilder().Global("torch._utils", "_rebuild_qtensor").Op(")R").End() },
        { "a list in place of a dict", new PickleBuilder().Op("]").End() },
        { "no tensors", new PickleBuilder().Op("}").Text("epoch").Number(1).Op("s").End() },
        { "tensor twice", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1], [1]).Op("s").Text("w").Tensor(1, 0, [1], [1])
            .Op("s").End() },
        { "tensor with a number for a name", new PickleBuilder().Op("}").Number(5).Tensor(1, 0, [1], [1]).Op("s").End() },
        { "storage that is not there", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1], [1], key: "9").Op("s").End() },
        { "storage key that climbs", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1], [1], key: "../data.pkl").Op("s").End() },
        { "storage shorter than said", new PickleBuilder().Op("}").Text("w").Tensor(2, 0, [2], [1]).Op("s").End() },
        { "storage longer than said", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1], [1], "Half").Op("s").End() },
        { "storage count that overflows", new PickleBuilder().Op("}").Text("w").Tensor(long.MaxValue, 0, [1], [1], "Double")
            .Op("s").End() },
        { "beyond the storage", new PickleBuilder().Op("}").Text("w").Tensor(1, 1, [1], [1]).Op("s").End() },
        { "offset that overflows", new PickleBuilder().Op("}").Text("w").Tensor(1, long.MaxValue, [1], [1]).Op("s").End() },
        { "strides beyond the storage", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [2], [1]).Op("s").End() },
        { "strides that overflow", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [3, 3], [long.MaxValue, long.MaxValue])
            .Op("s").End() },
        { "negative stride", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1], [-1]).Op("s").End() },
        { "negative size", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [-1], [1]).Op("s").End() },
        { "negative offset", new PickleBuilder().Op("}").Text("w").Tensor(1, -1, [1], [1]).Op("s").End() },
        { "shape that overflows", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1L << 62, 4], [0, 0]).Op("s").End() },
        { "expansion to gigabytes", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1L << 30], [0]).Op("s").End() },
        { "more strides than sizes", new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1], [1, 1]).Op("s").End() },
        { "65 dimensions", new PickleBuilder().Op("}").Text("w")
            .Tensor(1, 0, [.. Enumerable.Repeat(1L, 65)], [.. Enumerable.Repeat(1L, 65)]).Op("s").End() },
        { "a text longer than the file", new PickleBuilder().Raw((byte)'X', 0xFF, 0xFF, 0xFF, 0x7F).End() },
        { "a text of half a megabyte", new PickleBuilder().Text(new string('x', 1 << 19)).End() },
        { "a text that is no UTF-8", new PickleBuilder().Raw((byte)'X', 2, 0, 0, 0, 0xC3, 0x28).End() },
        { "a frame longer than the file", new PickleBuilder().Raw(0x95, 255, 255, 255, 255, 255, 255, 255, 255).End() },
        { "a number of 255 bytes", new PickleBuilder().Raw(0x8a, 255).Raw(new byte[255]).End() },
        { "a million lists", new PickleBuilder().Raw([.. Enumerable.Repeat((byte)']', 1_000_000)]).End() },
        { "a million marks", new PickleBuilder().Raw([.. Enumerable.Repeat((byte)'(', 1_000_000)]).End() },
        { "memo bomb: a list within itself, doubled", Doubled(600_000) },
        { "memo bomb: one long list of items, many dicts", ManyDicts() },
        { "trailing bytes", [.. new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1], [1]).Op("s").End(), 0] },
    };

    /// <summary>Whole files.</summary>
    public static BadFileList Archives()
    {
        var good = new PickleBuilder().Op("}").Text("w").Tensor(1, 0, [1], [1]).Op("s").End();
        byte[] Set(byte[] bytes, int at, uint value, int width = 4)
        {
            var copy = (byte[])bytes.Clone();
            for (var i = 0; i < width; i++) copy[at + i] = (byte)(value >> (8 * i));
            return copy;
        }
        byte[] Central(int entry, int at, uint value, int width = 4) =>
            new TorchArchive { Central = (i, h) => i == entry ? Set(h, at, value, width) : h }.Checkpoint(good, One);
        byte[] Local(int entry, int at, uint value, int width = 4) =>
            new TorchArchive { Local = (i, h) => i == entry ? Set(h, at, value, width) : h }.Checkpoint(good, One);
        byte[] Both(int entry, int local, int central, uint value, int width) =>
            new TorchArchive { Local = (i, h) => i == entry ? Set(h, local, value, width) : h, Central = (i, h) => i == entry
                ? Set(h, central, value, width) : h }.Checkpoint(good, One);
        byte[] End(int at, uint value, int width) => new TorchArchive { End = h => Set(h, at, value, width) }.Checkpoint(good, One);
        return new()
        {
            { "encrypted", Both(2, 6, 8, 1, 2) },
            { "unknown flag", Both(2, 6, 8, 1 << 13, 2) },
            { "deflated", Both(2, 8, 10, 8, 2) },
            { "deflated in the directory only", Central(2, 10, 8, 2) },
            { "deflated in its own header only", Local(2, 8, 8, 2) },
            { "wrong checksum of the pickle", Both(0, 14, 16, 0x12345678, 4) },
            { "wrong checksum of a storage", Both(2, 14, 16, 0x12345678, 4) },
            { "checksums disagree", Local(2, 14, 1) },
            { "length beyond the file", Central(2, 24, 1 << 30) },
            { "packed length differs", Central(2, 20, 3) },
            { "own length differs", Local(2, 22, 2) },
            { "starts overlap", Central(2, 42, 0) },
            { "start beyond the file", Central(1, 42, 0x7FFFFFFF) },
            { "zip64 without its numbers", Central(1, 42, 0xFFFFFFFF) },
            { "own name differs", Local(2, 30, 'x', 1) },
            { "no local header", Local(1, 0, 0) },
            { "no central header", Central(1, 0, 0) },
            { "data descriptor that is not there", Both(2, 6, 8, 8, 2) },
            { "gap between entries", new TorchArchive { Local = (i, h) => i == 1 ? [0, 0, 0, .. h] : h }.Checkpoint(good, One) },
            { "bytes before the archive", [1, .. new TorchArchive().Checkpoint(good, One)] },
            { "a second checkpoint before", [.. "PK"u8, .. new TorchArchive().Checkpoint(good, One)] },
            { "bytes after the archive", [.. new TorchArchive().Checkpoint(good, One), 0] },
            { "more entries than there are", End(10, 9, 2) },
            { "fewer entries than there are", new TorchArchive { End = h => Set(Set(h, 8, 2, 2), 10, 2, 2) }.Checkpoint(good, One) },
            { "several disks", End(4, 1, 2) },
            { "directory elsewhere", End(16, 5, 4) },
            { "directory longer than the file", End(12, 0x7FFFFFFF, 4) },
            { "comment", End(20, 1, 2) },
            { "same name twice", new TorchArchive().Write(("t/data.pkl", good), ("t/data/0", One), ("t/data/0", One)) },
            { "two pickles", new TorchArchive().Write(("t/data.pkl", good), ("u/data.pkl", good), ("t/data/0", One)) },
            { "no pickle", new TorchArchive().Write(("t/data/0", One)) },
            { "no entries", new TorchArchive().Write() },
            { "big-endian", new TorchArchive().Write(("t/data.pkl", good), ("t/byteorder", "big"u8.ToArray()), ("t/data/0", One)) },
            { "TorchScript", new TorchArchive().Write(("t/data.pkl", good), ("t/constants.pkl", One), ("t/data/0", One)) },
            { "a zip of other things", Zipped() },
        };
    }

    private static byte[] Doubled(int times)
    {
        var pickle = new PickleBuilder().Op("]q\u0001");
        for (var i = 0; i < times / 6; i++) pickle.Op("h\u0001h\u0001\u0086q\u0001");
        return pickle.End();
    }

    private static byte[] ManyDicts()
    {
        var pickle = new PickleBuilder().Op("](");
        for (var i = 0; i < 20_000; i++) pickle.Op("NN\u0086");
        pickle.Op("eq\u0001").Global("collections", "OrderedDict").Op("q\u0002");
        for (var i = 0; i < 20_000; i++) pickle.Op("h\u0002h\u0001\u0085R");
        return pickle.End();
    }

    private static byte[] Zipped()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("zeros", CompressionLevel.Optimal).Open())
            entry.Write(new byte[1 << 24]);
        return stream.ToArray();
    }
}
