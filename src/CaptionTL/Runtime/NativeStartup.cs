using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Runtime.Loader;
using TorchSharp;

namespace CaptionTL.Runtime;

/// <summary>
/// What libtorch's native part needs on Linux before the first tensor is made; on Windows and macOS nothing of it is. It runs by itself
/// when this library is first used. A program that makes tensors before that calls <see cref="Prepare"/> first.
/// </summary>
public static partial class NativeStartup
{
    private const string Bindings = "LibTorchSharp";
    private const string MaxIsa = "ONEDNN_MAX_CPU_ISA";
    private const string SafeIsa = "AVX";

    private static int _prepared;
    private static readonly Lazy<nint> CompatibleBindings = new(LoadCompatibleBindings);

    /// <summary>
    /// True on AMD processors whose hypervisor leaves CPUID leaf 0x8000001D empty (Firecracker, hence AWS Lambda and Fly.io). oneDNN 3.7
    /// then takes every cache for one byte: it divides by zero in the backward pass of many 1×1 convolutions, which kills the process, and
    /// some forward passes are silently wrong. Restricted to AVX instructions all of them are right.
    /// </summary>
    public static bool HidesCacheSizes { get; } =
        OperatingSystem.IsLinux() && X86Base.IsSupported && IsAmd() && X86Base.CpuId(unchecked((int)0x8000001D), 0).Eax == 0;

    /// <summary>Does nothing where it was done before, which is nearly always.</summary>
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries",
        Justification = "The environment must be set before libtorch loads, and whoever uses the library should not have to know.")]
    [ModuleInitializer]
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux() || Interlocked.Exchange(ref _prepared, 1) != 0) return;
        // libgomp's threads spin at barriers: one caption took 4 to 8 s of processor time instead of 1.6.
        SetDefault("OMP_WAIT_POLICY", "PASSIVE");
        // Without it libtorch says on standard error, for every process, that NNPACK does not know the processor.
        SetDefault("TORCH_CPP_LOG_LEVEL", "ERROR");
        if (HidesCacheSizes) SetDefault(MaxIsa, SafeIsa);
        KeepMemory();
        InitializeLogging();
        // .NET asks here for a library that does not load from where it lies.
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (assembly, name) =>
            name == Bindings && assembly == typeof(torch).Assembly ? CompatibleBindings.Value : 0;
    }

    /// <summary>What was done on this machine and what it means, for <c>captiontl doctor</c>.</summary>
    internal static Finding Report() => !OperatingSystem.IsLinux()
        ? new("", FindingState.Good, "nothing to prepare on this system")
        : Report(NeedsCopy(), HidesCacheSizes, Environment.GetEnvironmentVariable(MaxIsa));

    /// <param name="adapted">A copy of TorchSharp's library is in use.</param>
    /// <param name="hidden">See <see cref="HidesCacheSizes"/>.</param>
    /// <param name="limit">What oneDNN was told.</param>
    internal static Finding Report(bool adapted, bool hidden, string? limit)
    {
        var done = "libtorch keeps memory between steps, its waiting threads sleep";
        if (adapted)
            done += "; this system's libstdc++ is older than GCC 13's, so TorchSharp's library is loaded from an adapted copy in "
                + $"{CompatibleLibrary.Folder}";
        if (hidden)
            done += "; this machine's hypervisor hides the cache sizes from oneDNN, whose convolutions crash or are wrong with newer "
                + "instructions than AVX";
        if (!string.IsNullOrEmpty(limit)) done += $"; {MaxIsa}={limit}";
        return hidden && limit is not (SafeIsa or "SSE41")
            ? new("", FindingState.Warning, done, $"Unset {MaxIsa}, which was set from outside, before a network is fine-tuned.")
            : new("", FindingState.Good, done);
    }

    /// <summary>
    /// Says in words what keeps libtorch from being loaded on this machine. Without it TorchSharp prints a long account on standard
    /// output, copies 530 MB beside the program and fails with another message.
    /// </summary>
    /// <exception cref="CaptionTLException">A copy of its native library is needed, and cannot be made.</exception>
    public static void Check()
    {
        if (OperatingSystem.IsLinux() && NeedsCopy() && FindBindings() is { } original)
            CompatibleLibrary.Make(original, CompatibleLibrary.Folder);
    }

    private static nint LoadCompatibleBindings()
    {
        if (!OperatingSystem.IsLinux() || !NeedsCopy() || FindBindings() is not { } original) return 0; // .NET says where it looked
        // The copy lies elsewhere and finds by name what is loaded already.
        foreach (var dependency in new[] { "c10", "torch_cpu", "torch" })
            NativeLibrary.TryLoad(dependency, typeof(torch).Assembly, null, out _);
        return NativeLibrary.Load(CompatibleLibrary.Make(original, CompatibleLibrary.Folder));
    }

    // .NET's own runtime has loaded libstdc++.
    private static bool NeedsCopy() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out var library)
            && !NativeLibrary.TryGetExport(library, CompatibleLibrary.MissingSymbol, out _);

    /// <summary>TorchSharp's native library where .NET looks for it; null where it is missing.</summary>
    internal static string? FindBindings() => (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, CompatibleLibrary.FileName)).FirstOrDefault(File.Exists);

    private static bool IsAmd()
    {
        var (_, ebx, ecx, edx) = X86Base.CpuId(0, 0);
        // "AuthenticAMD" and "HygonGenuine", four letters a register in the order EBX, EDX, ECX.
        return (ebx, edx, ecx) is (0x68747541, 0x69746E65, 0x444D4163) or (0x6F677948, 0x6E65476E, 0x656E6975);
    }

    /// <summary>
    /// glibc gives large blocks back to the system at once and asks for them again in the next step: page faults then cost more than
    /// convolutions (a training step 4.6 to 6.8 s instead of 0.9 to 1.7 on a busy machine).
    /// </summary>
    private static void KeepMemory()
    {
        const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3;
        try
        {
            // glibc before 2.35 knows no higher threshold than 32 MiB.
            if (SetMallocOption(MmapThreshold, 1 << 30) == 0) _ = SetMallocOption(MmapThreshold, 32 << 20);
            _ = SetMallocOption(TrimThreshold, 2047 << 20);
            _ = SetMallocOption(TopPad, 64 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no mallopt; libtorch does not run there either and says so when it is loaded.
        }
    }

    /// <summary>libtorch reads TORCH_CPP_LOG_LEVEL only here, and calls it only in Python. c10 alone loads in a millisecond.</summary>
    private static unsafe void InitializeLogging()
    {
        if (NativeLibrary.TryLoad("c10", typeof(torch).Assembly, null, out var c10) &&
            NativeLibrary.TryGetExport(c10, "_ZN3c1011initLoggingEv", out var initialize))
            ((delegate* unmanaged<void>)initialize)();
    }

    // .NET's own setter changes its copy, which child processes inherit; C libraries read the C environment.
    private static void SetDefault(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is { Length: > 0 }) return;
        Environment.SetEnvironmentVariable(name, value);
        SetEnvironment(name, value, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);
}
