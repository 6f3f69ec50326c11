using System.Text.Json;

namespace CaptionTL.Weights;

/// <summary>
/// The JSON header of a safetensors file, read strictly: every byte of the data belongs to exactly one tensor and
/// every tensor's bytes are its shape times its element size (https://github.com/huggingface/safetensors#format).
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The limit of the reference implementation.</summary>
    public const int MaxBytes = 100_000_000;

    private readonly string _file;

    private SafetensorsHeader(string file) => _file = file;

    public Dictionary<string, SafetensorsEntry> Tensors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <param name="json">The header without its length.</param>
    /// <param name="dataLength">Bytes that follow the header.</param>
    /// <param name="file">Named in errors.</param>
    /// <exception cref="WeightFileException">Anything that is not as the format says.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string file)
    {
        var header = new SafetensorsHeader(file);
        if (json.IsEmpty || json[0] != '{') throw header.Bad("the header does not begin with '{'");
        try
        {
            header.ReadObject(json);
        }
        catch (JsonException e)
        {
            throw new WeightFileException(file, "header", $"not valid JSON ({FirstLine(e.Message)})", e);
        }
        catch (InvalidOperationException e) // text that is not valid UTF-8 or UTF-16
        {
            throw new WeightFileException(file, "header", $"not valid text ({FirstLine(e.Message)})", e);
        }
        header.RequireCovered(dataLength);
        return header;
    }

    private void ReadObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        reader.Read();
        var hasMetadata = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "__metadata__")
            {
                if (hasMetadata) throw Bad("'__metadata__' occurs twice");
                hasMetadata = true;
                ReadMetadata(ref reader);
            }
            else if (!Tensors.TryAdd(name, ReadEntry(ref reader, name)))
            {
                throw Bad($"tensor '{Shown(name)}' occurs twice");
            }
        }
        reader.Read(); // only white space may follow; the reader throws on anything else
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad("'__metadata__' is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Bad($"metadata '{Shown(key)}' is not a string");
            if (!Metadata.TryAdd(key, reader.GetString()!)) throw Bad($"metadata '{Shown(key)}' occurs twice");
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad(name, "its description is not an object");
        TensorDType? dtype = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype" when dtype is null:
                    if (reader.TokenType != JsonTokenType.String) throw Bad(name, "dtype is not a string");
                    var text = reader.GetString()!;
                    dtype = TensorDTypes.Parse(text) ?? throw Bad(name, $"unknown dtype '{Shown(text)}'");
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, name, "shape");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, name, "data_offsets");
                    break;
                default:
                    throw Bad(name, key is "dtype" or "shape" or "data_offsets" ? $"{key} occurs twice" : $"unknown field '{Shown(key)}'");
            }
        }
        if (dtype is null || shape is null || offsets is null) throw Bad(name, "needs dtype, shape and data_offsets");
        if (offsets.Length != 2) throw Bad(name, "data_offsets are not two numbers");
        var length = RequireLength(name, dtype.Value, shape);
        if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != length)
            throw Bad(name, $"{dtype.Value.Name()} of shape [{string.Join(", ", shape)}] takes {length} bytes, data_offsets "
                + $"[{offsets[0]}, {offsets[1]}] give {offsets[1] - offsets[0]}");
        return new SafetensorsEntry(name, dtype.Value, shape, offsets[0], length);
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string field)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Bad(name, $"{field} is not a list");
        var numbers = new List<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Bad(name, $"{field} holds something other than whole numbers from 0 to 2^63 - 1");
            if (numbers.Count == TensorShapes.MaxDimensions)
                throw Bad(name, $"{field} holds more than {TensorShapes.MaxDimensions} numbers");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private long RequireLength(string name, TensorDType dtype, long[] shape) =>
        TensorShapes.ByteLength(dtype, shape) ?? throw Bad(name, $"shape {TensorShapes.Text(shape)} takes more than 2^63 bytes");

    private void RequireCovered(long dataLength)
    {
        var end = 0L;
        foreach (var entry in Tensors.Values.OrderBy(e => e.Offset).ThenBy(e => e.Length))
        {
            if (entry.Offset < end)
                throw Bad(entry.Name, $"begins at byte {entry.Offset} of the data, within the tensor before it, which ends at {end}");
            if (entry.Offset > end)
                throw Bad(entry.Name, $"begins at byte {entry.Offset} of the data; bytes {end} to {entry.Offset} belong to no tensor");
            if (entry.Length > dataLength - end)
                throw Bad(entry.Name, $"ends at byte {entry.Offset + entry.Length} of the data, of which the file has {dataLength}: the "
                    + $"file is cut off");
            end += entry.Length;
        }
        if (end != dataLength) throw new WeightFileException(_file, "end", $"{dataLength - end} bytes follow the last tensor");
    }

    private WeightFileException Bad(string reason) => new(_file, "header", reason);

    private WeightFileException Bad(string tensor, string reason) => new(_file, $"tensor '{Shown(tensor)}'", reason);

    private static string Shown(string text) => TensorShapes.Shown(text);

    private static string FirstLine(string message) => message.Split('\n')[0].TrimEnd();
}

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="DType">Element type; little-endian.</param>
/// <param name="Shape">Row-major; empty for a scalar.</param>
/// <param name="Offset">First byte, counted from the start of the file's tensor data.</param>
/// <param name="Length">Bytes.</param>
public sealed record SafetensorsEntry(string Name, TensorDType DType, long[] Shape, long Offset, long Length)
    : TensorEntry(Name, DType, Shape, Length);
