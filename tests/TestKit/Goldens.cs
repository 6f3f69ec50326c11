using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CaptionTL.IO;

namespace CaptionTL.Tests;

/// <summary>Reference numbers of other libraries. The folder is tests/goldens, or CAPTIONTL_GOLDENS.</summary>
public static class Goldens
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("CAPTIONTL_GOLDENS") is { Length: > 0 } other
        ? Path.GetFullPath(other, StartedIn) : Path.Combine(Repository.Root, "tests", "goldens");

    // xunit works in its own folder; the shell has noted the one that a relative path was meant from.
    private static string StartedIn =>
        Environment.GetEnvironmentVariable("PWD") is { } shell && Path.IsPathFullyQualified(shell) ? shell : Environment.CurrentDirectory;

    public static string File(string relative) => Path.Combine(Folder, relative);

    public static JsonDocument Json(string relative) => JsonDocument.Parse(System.IO.File.ReadAllText(File(relative)));

    /// <summary>The pseudo-random numbers of the reference files: splitmix64 over fnv1a64(name), in [-1, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float[] Uniform(string name, long count)
    {
        var seed = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(name)) seed = (seed ^ b) * 1099511628211UL;
        var u = new float[count];
        for (var i = 0L; i < count; i++)
        {
            var z = seed + (ulong)(i + 1) * 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            z ^= z >> 31;
            u[i] = (float)((z >> 40) / 8388608.0 - 1);
        }
        return u;
    }
}

/// <summary>Where the checkout lies, and what of ../shared is there.</summary>
public static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));

    public static string Samples { get; } = Path.Combine(Root, "datasets", "samples");

    public static string Shared { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    /// <summary>Real weights for programs and library alike; the test is skipped where Lite0's are not to be had.</summary>
    public static void UseWeights() =>
        Environment.SetEnvironmentVariable("CAPTIONTL_MODELS",
            Path.GetDirectoryName(Path.GetDirectoryName(RequireShared("models/tf_efficientnet_lite0.in1k/model.safetensors"))));

    /// <summary>A path under ../shared; the test is counted as skipped, with the reason, where it is not there.</summary>
    public static string RequireShared(string relative)
    {
        var path = Path.Combine(Shared, relative);
        Assert.SkipUnless(Path.Exists(path), $"needs {path}");
        return path;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
