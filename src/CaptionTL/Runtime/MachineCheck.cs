using System.Globalization;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Intrinsics.X86;
using CaptionTL.Backbones;
using CaptionTL.IO;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Runtime;

/// <summary>Looks at what CaptionTL needs of a machine, part by part; each part is tried, not guessed at.</summary>
public static class MachineCheck
{
    private const long Gigabyte = 1L << 30;

    /// <param name="port">Of the service on this machine.</param>
    /// <param name="cancellation">Between two parts.</param>
    public static IEnumerable<Finding> Run(int port = 8080, CancellationToken cancellation = default)
    {
        foreach (var (name, look) in (IReadOnlyList<(string, Func<Finding>)>)
            [
                ("engine", OnEngine(EngineCheck.Version)), ("native start-up", OnEngine(NativeStartup.Report)),
                ("processor", OnEngine(EngineCheck.Processor)), ("matrix products", OnEngine(EngineCheck.MatrixProducts)),
                ("devices", OnEngine(EngineCheck.Devices)), ("images", EngineCheck.Images), ("models", OnEngine(Models)),
                ("weights", Weights), ("embedding cache", Cache), ("free space", FreeSpace), ("memory", Memory),
                    ("port", () => Port(port)),
            ])
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Look(name, look);
        }
    }

    private static Func<Finding> OnEngine(Func<Finding> look) => () =>
    {
        NativeStartup.Check();
        return look();
    };

    // A part that fails is a finding as well: the others are looked at all the same.
    private static Finding Look(string name, Func<Finding> look)
    {
        try
        {
            return look() with { Name = name };
        }
        catch (Exception e) when (e is CaptionTLException or IOException or UnauthorizedAccessException or DllNotFoundException
            or TypeInitializationException or System.Runtime.InteropServices.ExternalException)
        {
            return new Finding(
                name, FindingState.Problem, (e is TypeInitializationException ? e.GetBaseException() : e).Message.ReplaceLineEndings(" "),
                "See what the message names.");
        }
    }

    private static Finding Models()
    {
        var all = InstalledModels.All;
        if (all.Count == 0)
            return new("", FindingState.Warning, "none installed", "Train one with 'captiontl train', or name a bundle with --model.");
        using (var captioner = Captioner.Load(InstalledModels.Find(null))) captioner.Describe(Canary.Image());
        return new("", FindingState.Good, $"{string.Join(", ", all.Select(Path.GetFileNameWithoutExtension))}; the first answers its "
            + $"test image");
    }

    private static Finding Weights()
    {
        var store = new WeightStore();
        var known = BackboneRegistry.All.SelectMany(b => b.Weights).ToList();
        var here = known.Count(w => Resolves(store, w.File));
        return new("", FindingState.Good, FormattableString.Invariant($"{here} of {known.Count} known files are on this machine"),
            here == 0 ? "They are downloaded when a plan asks for them; CAPTIONTL_MODELS names folders with your own." : null);
    }

    private static bool Resolves(WeightStore store, WeightFile file)
    {
        try
        {
            return store.Resolve(file) is not null;
        }
        catch (CaptionTLException)
        {
            return false;
        }
    }

    private static Finding Cache()
    {
        var folder = AppFolders.Embeddings;
        Directory.CreateDirectory(folder);
        var probe = Path.Combine(folder, $".write-test-{Environment.ProcessId}");
        File.WriteAllBytes(probe, [1]);
        File.Delete(probe);
        var bytes = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        return new("", FindingState.Good, FormattableString.Invariant($"{bytes / (double)Gigabyte:0.0} GB in {folder}"),
            bytes > 20 * Gigabyte ? "'captiontl cache prune' frees what is old." : null);
    }

    private static Finding FreeSpace()
    {
        var folder = AppFolders.Cache;
        var drive = DriveInfo.GetDrives().Where(d => d.IsReady && folder.StartsWith(d.RootDirectory.FullName, StringComparison.Ordinal))
            .MaxBy(d => d.RootDirectory.FullName.Length);
        if (drive is null) return new("", FindingState.Warning, $"not known for {folder}");
        var free = drive.AvailableFreeSpace / (double)Gigabyte;
        return new("", free < 2 ? FindingState.Warning : FindingState.Good,
            FormattableString.Invariant($"{free:0.0} GB where the caches are"), free < 2 ? "Embeddings of 10,000 images take about "
            + "1.2 GB; CAPTIONTL_HOME moves the caches." : null);
    }

    private static Finding Memory()
    {
        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)Gigabyte;
        return new("", bytes < 3 ? FindingState.Warning : FindingState.Good, FormattableString.Invariant($"{bytes:0.0} GB"), bytes < 3
            ? "Captioning needs about 1 GB, training a captioner about 3 GB." : null);
    }

    private static Finding Port(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return new("", FindingState.Good, FormattableString.Invariant($"{port} is free for 'captiontl serve'"));
        }
        catch (SocketException)
        {
            return new("", FindingState.Warning, FormattableString.Invariant($"{port} is in use"), "Perhaps the service runs already; "
                + "otherwise give it another: captiontl serve --urls http://127.0.0.1:8081");
        }
        finally
        {
            listener.Stop();
        }
    }
}

/// <summary>The tensor engine, the processor under it, and the reading of images.</summary>
internal static class EngineCheck
{
    private const int Side = 768;

    public static Finding Version() =>
        new("", FindingState.Good, FormattableString.Invariant($"libtorch {torch.__version__}, {get_num_threads()} threads"));

    public static Finding Processor()
    {
        var features = string.Join(
            ", ", new[] { (Avx2.IsSupported, "AVX2"), (Avx512F.IsSupported, "AVX-512") }.Where(f => f.Item1).Select(f => f.Item2));
        return new("", FindingState.Good, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores; "
            + $"{(features.Length > 0 ? features : "no vector extensions known")}; arithmetic "
            + $"{ComputeDevice.Arithmetic(Precision.Auto)}"));
    }

    public static Finding MatrixProducts()
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var (a, b) = (randn(Side, Side), randn(Side, Side));
        a.matmul(b).Dispose();
        var best = double.PositiveInfinity;
        for (var i = 0; i < 3; i++)
        {
            var clock = Stopwatch.StartNew();
            a.matmul(b).Dispose();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        return new("", FindingState.Good, FormattableString.Invariant($"{2.0 * Side * Side * Side / best / 1e9:0} GFLOP/s in fp32"));
    }

    public static Finding Devices() =>
        new("", FindingState.Good, cuda.is_available() ? FormattableString.Invariant($"cpu, cuda ({cuda.device_count()})")
        : mps_is_available() ? "cpu, mps" : "cpu");

    public static Finding Images()
    {
        var image = ImageDecoder.Decode(Canary.Image());
        return new(
            "", FindingState.Good, FormattableString.Invariant($"ImageSharp reads the test image ({image.Width} × {image.Height})"));
    }
}

/// <summary>Something looked at on this machine.</summary>
/// <param name="Name">"matrix products".</param>
/// <param name="State">Whether it is as it should be.</param>
/// <param name="Value">What was found.</param>
/// <param name="Hint">What to do about it; null where nothing needs doing.</param>
public sealed record Finding(string Name, FindingState State, string Value, string? Hint = null);

/// <summary>Whether something on this machine is as it should be.</summary>
public enum FindingState
{
    Good,

    /// <summary>Works, but slower or with less than could be had.</summary>
    Warning,

    /// <summary>Does not work.</summary>
    Problem,
}
