using System.Buffers.Binary;

namespace CaptionTL.Weights.PyTorch;

/// <summary>
/// torch.save's format before PyTorch 1.6: pickles of a magic number, a version, the machine's byte order, the object and the
/// storages' keys, then every storage as its count of elements (64 bits) and the elements (torch/serialization.py, _legacy_save).
/// </summary>
internal static class TorchLegacyFormat
{
    private const int MaxPickle = 64 << 20;
    private static readonly Int128 Magic = new(0x1950, 0xa86a20f9469cfc6c);

    public static TorchContent Read(MappedFile file)
    {
        var at = 0L;
        if (Next(file, ref at, "magic number") is not Int128 magic || magic != Magic)
            throw file.Bad("magic number", "this is a pickle, but not one that torch.save wrote");
        if (Next(file, ref at, "version") is not 1001L) throw file.Bad("version", "is not 1001");
        if (Next(file, ref at, "system") is not PickleDict system || system.Find("little_endian") is not true) throw file.Bad("system", "its numbers are not little-endian");
        var root = Next(file, ref at, "pickle");
        if (Next(file, ref at, "keys") is not PickleList keys) throw file.Bad("keys", "are not a list");
        var types = StorageTypes.Of(root, file);
        var storages = new Dictionary<string, TorchStorage>(StringComparer.Ordinal);
        foreach (var item in keys.Items)
        {
            if (item is not string key || !types.TryGetValue(key, out var type)) throw file.Bad("keys", "name a storage that no tensor uses");
            var place = $"storage '{TensorShapes.Shown(key)}'";
            var count = BinaryPrimitives.ReadInt64LittleEndian(file.Slice(at, 8, place));
            if (count != type.Count) throw file.Bad(place, $"has {count} elements, the tensors say {type.Count}");
            at += 8;
            if (count > (file.Length - at) / type.Width) throw file.Bad(place, $"its {count} elements do not fit the file: it is cut off");
            if (!storages.TryAdd(key, new TorchStorage(at, count * type.Width, null))) throw file.Bad(place, "stands twice");
            at += count * type.Width;
        }
        return at == file.Length ? new TorchContent(root, storages) : throw file.Bad("end", $"{file.Length - at} bytes follow the last storage");
    }

    private static object? Next(MappedFile file, ref long at, string place)
    {
        var reader = new PickleReader(file.Slice(at, (int)Math.Min(file.Length - at, MaxPickle), place), file.Path, $"{place}, pickle from byte {at} on");
        var value = reader.Read();
        at += reader.Position;
        return value;
    }
}
