using System.Buffers.Binary;
using System.Text;

namespace CaptionTL.Tests.Weights;

/// <summary>Everything that can be wrong with the header of a safetensors file.</summary>
internal static class BadSafetensors
{
    public static BadFileList Headers => new()
    {
        { "overlap", Assemble("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":"""
            + """[2,6]}}""", 6) },
        { "same bytes twice", Assemble("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":"""
            + """[4],"data_offsets":[0,4]}}""", 4) },
        { "hole", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,"""
            + """6]}}""", 6) },
        { "hole at the start", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3) },
        { "trailing bytes", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 3) },
        { "trailing bytes without tensors", Assemble("{}", 1) },
        { "cut off", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 1) },
        { "shape of another size", Assemble("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4) },
        { "end before begin", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]}}""", 2) },
        { "negative offset", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[-2,0]}}""", 2) },
        { "negative size", Assemble("""{"a":{"dtype":"U8","shape":[-2,-1],"data_offsets":[0,2]}}""", 2) },
        { "fraction", Assemble("""{"a":{"dtype":"U8","shape":[2.5],"data_offsets":[0,2]}}""", 2) },
        { "number beyond 64 bits", Assemble("""{"a":{"dtype":"U8","shape":[99999999999999999999999],"data_offsets":[0,2]}}""", 2) },
        { "shape that overflows to zero", Assemble("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0) },
        { "shape that overflows before a zero", Assemble("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,"""
            + """0],"data_offsets":[0,0]}}""", 0) },
        { "offsets that overflow", Assemble("""{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,"""
            + """9223372036854775807]},"b":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[9223372036854775807,"""
            + """9223372036854775807]}}""", 0) },
        { "unknown dtype", Assemble("""{"a":{"dtype":"F7","shape":[2],"data_offsets":[0,2]}}""", 2) },
        { "dtype in lower case", Assemble("""{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", 4) },
        { "dtype is a number", Assemble("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,2]}}""", 2) },
        { "no dtype", Assemble("""{"a":{"shape":[2],"data_offsets":[0,2]}}""", 2) },
        { "no shape", Assemble("""{"a":{"dtype":"U8","data_offsets":[0,2]}}""", 2) },
        { "no offsets", Assemble("""{"a":{"dtype":"U8","shape":[2]}}""", 2) },
        { "three offsets", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1,2]}}""", 2) },
        { "unknown field", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"more":1}}""", 2) },
        { "field twice", Assemble("""{"a":{"dtype":"U8","dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2) },
        { "tensor twice", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":"""
            + """[0],"data_offsets":[2,2]}}""", 2) },
        { "tensor twice, once escaped", Assemble("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"\u0061":"""
            + """{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""", 2) },
        { "metadata twice", Assemble("""{"__metadata__":{},"__metadata__":{}}""", 0) },
        { "metadata key twice", Assemble("""{"__metadata__":{"a":"1","a":"2"}}""", 0) },
        { "metadata is a list", Assemble("""{"__metadata__":[]}""", 0) },
        { "metadata holds a number", Assemble("""{"__metadata__":{"a":1}}""", 0) },
        { "metadata holds an object", Assemble("""{"__metadata__":{"a":{}}}""", 0) },
        { "tensor is a number", Assemble("""{"a":1}""", 0) },
        { "tensor is null", Assemble("""{"a":null}""", 0) },
        { "list", Assemble("[]", 0) },
        { "space before the brace", Assemble(" {}", 0) },
        { "empty header", Assemble("", 0) },
        { "text after the object", Assemble("{} x", 0) },
        { "two objects", Assemble("{}{}", 0) },
        { "comment", Assemble("{/* */}", 0) },
        { "trailing comma", Assemble("""{"a":{"dtype":"U8","shape":[2,],"data_offsets":[0,2]}}""", 2) },
        { "lone surrogate", Assemble("""{"\ud800":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2) },
        { "zero bytes after the object", Assemble("{}\0\0", 0) },
        { "deep nesting", Assemble("{\"a\":" + new string('[', 1_000_000) + new string(']', 1_000_000) + "}", 0) },
        { "a million dimensions", Assemble("{\"a\":{\"dtype\":\"U8\",\"shape\":[" + string.Join(',', Enumerable.Repeat("1", 1_000_000))
            + "],\"data_offsets\":[0,1]}}", 1) },
    };

    /// <summary>A file of this header and so many zeros.</summary>
    public static byte[] Assemble(string header, int dataLength)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)text.Length);
        text.CopyTo(bytes, 8);
        return bytes;
    }
}
