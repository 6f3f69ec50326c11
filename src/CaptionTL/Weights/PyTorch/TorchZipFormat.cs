using System.IO.Hashing;

namespace CaptionTL.Weights.PyTorch;

/// <summary>
/// torch.save's format since PyTorch 1.6: a zip archive of NAME/data.pkl, NAME/byteorder and a NAME/data/KEY for every storage
/// (torch/serialization.py, caffe2/serialize/inline_container.h).
/// </summary>
internal static class TorchZipFormat
{
    private const int MaxPickle = 64 << 20;

    public static TorchContent Read(MappedFile file)
    {
        var entries = ZipDirectory.Read(file);
        var pickles = entries.Values.Where(e => e.Name.EndsWith("/data.pkl", StringComparison.Ordinal) && e.Name.IndexOf('/', StringComparison.Ordinal) == e.Name.Length - 9).Take(2).ToList();
        if (pickles.Count != 1) throw file.Bad("zip archive", $"{(pickles.Count == 0 ? "no" : "more than one")} NAME/data.pkl is in it: {Guess(entries)}");
        var prefix = pickles[0].Name[..^"data.pkl".Length];
        if (entries.ContainsKey(prefix + "constants.pkl")) throw file.Bad("zip archive", "this is a TorchScript program (torch.jit.save), not weights; in Python, save its state_dict() with torch.save");
        if (entries.TryGetValue(prefix + "byteorder", out var order) && !Content(file, order, 16).SequenceEqual("little"u8))
            throw file.Bad(order.Name, "its numbers are not little-endian");
        var pickle = Content(file, pickles[0], MaxPickle);
        var reader = new PickleReader(pickle, file.Path, pickles[0].Name);
        var root = reader.Read();
        if (reader.Position != pickle.Length) throw file.Bad(pickles[0].Name, $"{pickle.Length - reader.Position} bytes follow the pickle");
        var data = prefix + "data/";
        return new TorchContent(root, entries.Values.Where(e => e.Name.StartsWith(data, StringComparison.Ordinal))
            .ToDictionary(e => e.Name[data.Length..], e => new TorchStorage(e.Offset, e.Length, e.Crc), StringComparer.Ordinal));
    }

    private static ReadOnlySpan<byte> Content(MappedFile file, ZipEntry entry, int limit)
    {
        if (entry.Length > limit) throw file.Bad(entry.Name, $"{entry.Length} bytes are more than {limit}");
        var bytes = file.Slice(entry.Offset, (int)entry.Length, entry.Name);
        return Crc32.HashToUInt32(bytes) == entry.Crc
            ? bytes
            : throw file.Bad(entry.Name, "its checksum (CRC-32) is wrong: the file is damaged");
    }

    private static string Guess(Dictionary<string, ZipEntry> entries)
    {
        if (entries.ContainsKey("model.weights.h5")) return "this is a whole Keras model (.keras); unpack it and use its model.weights.h5";
        if (entries.ContainsKey("manifest.json")) return "this looks like a bundle of CaptionTL, which is used with --model";
        return "this is not a checkpoint of PyTorch";
    }
}
