using Google.Protobuf;

namespace CaptionTL.Tests.Models.Export;

/// <summary>A protobuf message read without knowing its schema: the values of every field number, as they lie in the file.</summary>
internal sealed class WireMessage
{
    private readonly ILookup<int, object> _fields;

    public WireMessage(byte[] bytes)
    {
        var fields = new List<(int Number, object Value)>();
        using var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag && tag != 0)
        {
            fields.Add((WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadInt64(),
                WireFormat.WireType.Fixed32 => input.ReadFloat(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                var other => throw new InvalidDataException($"a field of wire type {other}"),
            }));
        }
        _fields = fields.ToLookup(f => f.Number, f => f.Value);
    }

    public IReadOnlyList<WireMessage> Messages(int field) => [.. _fields[field].Select(v => new WireMessage((byte[])v))];

    public IReadOnlyList<string> Texts(int field) => [.. _fields[field].Select(v => System.Text.Encoding.UTF8.GetString((byte[])v))];

    public IReadOnlyList<long> Numbers(int field) => [.. _fields[field].Select(v => (long)v)];

    public byte[] Bytes(int field) => (byte[])_fields[field].Single();
}
