using System.Buffers.Binary;
using System.Text;

namespace CaptionTL.Tests.Weights;

/// <summary>Writes pickles opcode by opcode, good ones and others.</summary>
internal sealed class PickleBuilder
{
    private readonly List<byte> _bytes = [0x80, 2];

    public PickleBuilder Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBuilder Op(string codes) => Raw(Encoding.Latin1.GetBytes(codes));

    public PickleBuilder Global(string module, string name) => Op($"c{module}\n{name}\n");

    public PickleBuilder Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Op("X").Int32(bytes.Length).Raw(bytes);
    }

    public PickleBuilder Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8a, 8).Raw(bytes);
    }

    public PickleBuilder Numbers(params long[] values)
    {
        Op("(");
        foreach (var value in values) Number(value);
        return Op("t");
    }

    public PickleBuilder Storage(string type, string key, long count) =>
        Op("(").Text("storage").Global("torch", type + "Storage").Text(key).Text("cpu").Number(count).Op("tQ");

    /// <summary>A tensor of float32 on storage "0".</summary>
    public PickleBuilder Tensor(long count, long offset, long[] shape, long[] strides, string type = "Float", string key = "0") =>
        Global("torch._utils", "_rebuild_tensor_v2").Op("(").Storage(type, key, count).Number(offset).Numbers(shape).Numbers(strides)
            .Raw(0x89).Global("collections", "OrderedDict").Op(")RtR");

    public byte[] End() => [.. _bytes, (byte)'.'];

    private PickleBuilder Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Raw(bytes);
    }
}
