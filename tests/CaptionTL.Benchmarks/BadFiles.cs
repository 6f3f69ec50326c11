using System.Globalization;
using System.Diagnostics;
using CaptionTL.Tests.Weights;
using CaptionTL.Weights;

namespace CaptionTL.Benchmarks;

/// <summary>How long opening and reading bad weight files takes, and how much memory: the slowest and the largest of thousands.</summary>
internal static class BadFiles
{
    private sealed record Measured(string What, long Size, double Seconds, long Allocated, bool Refused);

    /// <summary>Generated bad files of every format, and seeded mutations of good ones.</summary>
    public static void Print(string goldens, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("captiontl-bad-");
        try
        {
            var path = Path.Combine(folder.FullName, "bad");
            // compiled by now
            foreach (var (_, bytes) in BadTorchFiles.Archives().Concat(BadSafetensors.Headers)) Measure(path, "", bytes);
            var all = new List<Measured>();
            foreach (var (what, pickle) in BadTorchFiles.Pickles)
                all.Add(Measure(path, "pickle: " + what, new TorchArchive().Checkpoint(pickle, BadTorchFiles.One)));
            foreach (var (what, bytes) in BadTorchFiles.Archives()) all.Add(Measure(path, "zip: " + what, bytes));
            foreach (var (what, bytes) in BadSafetensors.Headers) all.Add(Measure(path, "safetensors: " + what, bytes));
            foreach (var good in Good(goldens))
            {
                var whole = File.ReadAllBytes(good);
                var random = new Random(20261122);
                for (var round = 0; round < rounds; round++)
                    all.Add(Measure(path, $"{Path.GetFileName(good)}, mutation {round}", Mutation.Of(whole, random)));
                for (var length = 0; length < whole.Length; length += 1 + (whole.Length / 5000))
                    all.Add(Measure(path, $"{Path.GetFileName(good)}, first {length} bytes", whole[..length]));
            }
            Console.WriteLine($"{all.Count} files, {all.Count(m => m.Refused)} refused, the others read; largest file "
                + $"{all.Max(m => m.Size):#,0} bytes; peak memory of the process "
                + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
            Table("slowest", all.OrderByDescending(m => m.Seconds));
            Table("most memory beyond the file's size", all.OrderByDescending(m => m.Allocated - m.Size));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Table(string title, IEnumerable<Measured> rows)
    {
        Console.WriteLine();
        Console.WriteLine($"| {title} | file, bytes | seconds | allocated, MiB |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var row in rows.Take(5))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {row.What} | {row.Size} | {row.Seconds:0.0000} | "
                + $"{row.Allocated / 1048576.0:0.00} |"));
    }

    /// <summary>Allocations count everything the managed heap gave out, freed or not: an upper bound of the peak.</summary>
    private static Measured Measure(string path, string what, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        var (refused, before, clock) = (false, GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        try
        {
            using var file = TensorFile.Open(path);
            foreach (var (name, entry) in file.Tensors) file.Read(name, new byte[entry.Length]);
        }
        catch (WeightFileException)
        {
            refused = true;
        }
        return new(what, bytes.Length, clock.Elapsed.TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - before, refused);
    }

    /// <summary>The reference files, and one of HDF5.</summary>
    private static IEnumerable<string> Good(string goldens) =>
        Directory.GetFiles(Path.Combine(goldens, "weights"))
            .Where(f => Path.GetExtension(f) is ".pth" or ".safetensors" or ".h5").Order(StringComparer.Ordinal);
}
