namespace CaptionTL.Backbones;

/// <summary>What the processor can do that .NET's own feature flags do not tell.</summary>
public static class CpuFeatures
{
    private static readonly Lazy<bool> Bf16 = new(() =>
    {
        if (!File.Exists("/proc/cpuinfo")) return false;
        var flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        return flags.Split(' ').Any(flag => flag is "avx512_bf16" or "amx_bf16");
    });

    /// <summary>True where matrix products of bf16 are faster than those of fp32 (AVX512-BF16 or AMX).</summary>
    public static bool HasBFloat16 => Bf16.Value;
}
