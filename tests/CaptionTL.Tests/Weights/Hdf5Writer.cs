using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CaptionTL.Tests.Weights;

/// <summary>HDF5 files written by Debian's python3-h5py; tests that need one are skipped, with the reason, where it is missing.</summary>
internal static class Hdf5Writer
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<bool> IsThere = new(() => File.Exists(Python) && Run("-c", "import h5py").ExitCode == 0);

    /// <param name="folder">Where the file and what it is made of go.</param>
    /// <param name="description">What write_hdf5.py reads.</param>
    /// <returns>The file's path.</returns>
    public static string Write(TemporaryFolder folder, object description)
    {
        Assert.SkipUnless(IsThere.Value, "needs Debian's python3-h5py");
        var name = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        var (json, target) = (folder.File(name + ".json"), folder.File(name + ".h5"));
        File.WriteAllText(json, JsonSerializer.Serialize(description));
        var (code, error) = Run(Path.Combine(Repository.Root, "tests", "CaptionTL.Tests", "Weights", "write_hdf5.py"), json, target);
        code.ShouldBe(0, error);
        return target;
    }

    /// <summary>A dataset of a description, with its values.</summary>
    public static object Dataset(TemporaryFolder folder, string path, long[] shape, float[] values)
    {
        var file = folder.File(Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        File.WriteAllBytes(file, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        return new { path, shape, values = file };
    }

    private static (int ExitCode, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
