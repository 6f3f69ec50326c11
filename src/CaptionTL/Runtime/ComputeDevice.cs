using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Runtime;

/// <summary>
/// Where this process computes. Networks and batches are made on one device, the engine's default device; what comes from files and goes
/// into them is on the processor. Dropout on a CUDA device draws from the device's own generator, which checkpoints do not hold: a run
/// that was interrupted continues there, but not to the same bits.
/// </summary>
public static class ComputeDevice
{
    /// <summary>Takes a CUDA device where there is one, the processor otherwise.</summary>
    public const string Auto = "auto";

    /// <summary>All names that there are, as messages say them.</summary>
    public const string Choices = "auto, cpu, cuda, cuda:0 (or another number) or mps";

    /// <summary>How the devices are written.</summary>
    public static IReadOnlyList<string> Names { get; } = [Auto, "cpu", "cuda", "cuda:0", "mps"];

    /// <summary>The device in use: "cpu", "cuda", "cuda:1".</summary>
    public static string Current => get_default_device().ToString();

    /// <summary>Whether a name is one of a device, which need not be there.</summary>
    public static bool IsName(string? name) => name is Auto or "cpu" or "cuda" or "mps" || CudaIndex(name) is not null;

    /// <summary>
    /// All that is made from here on in this process is made on this device. Products of matrices on CUDA may round to TF32.
    /// </summary>
    /// <param name="name">"auto", "cpu", "cuda", "cuda:" and a number, or "mps".</param>
    /// <exception cref="CaptionTLException">There is no such device here; the message lists the devices that are.</exception>
    public static void Use(string name)
    {
        if (!IsName(name)) throw new CaptionTLException($"'{name}' is no device; it must be {Choices}.");
        Runtime.NativeStartup.Check();
        var chosen = name != Auto ? name : cuda.is_available() ? "cuda" : "cpu";
        if (chosen == "mps" && !mps_is_available()) throw Missing(chosen, "Metal is there on Apple's processors only");
        if (chosen.StartsWith("cuda", StringComparison.Ordinal))
        {
            if (!cuda.is_available())
                throw Missing(chosen, "it takes an NVIDIA card with its driver, and a libtorch that was built for CUDA");
            if (CudaIndex(chosen) >= cuda.device_count())
                throw Missing(chosen, FormattableString.Invariant($"cuda:0 to cuda:{cuda.device_count() - 1} are there"));
            backends.cuda.matmul.allow_tf32 = true;
        }
        set_default_device(chosen);
    }

    /// <summary>Moves a network there: TorchSharp makes some layers on the processor whatever the default device is.</summary>
    internal static T Place<T>(T network) where T : nn.Module =>
        get_default_device().type == DeviceType.CPU ? network : network.to(get_default_device());

    /// <summary>The arithmetic of a frozen network that <see cref="Precision.Auto"/> means on the device in use.</summary>
    /// <exception cref="CaptionTLException">bf16 on the processor.</exception>
    public static Precision Arithmetic(Precision precision)
    {
        var onProcessor = get_default_device().type == DeviceType.CPU;
        if (onProcessor && precision == Precision.BFloat16)
            throw new CaptionTLException("On the processor frozen networks are computed in fp32; bf16 is for CUDA devices. "
                + "Leave the precision out, or take 'fp32'.");
        return precision != Precision.Auto
            ? precision
            : get_default_device().type == DeviceType.CUDA ? Precision.BFloat16 : Precision.Float32;
    }

    /// <summary>Engine and arithmetic of a frozen network, as fingerprints name them: "onnx-fp32", "cuda-bf16".</summary>
    internal static string ArithmeticName(Precision precision)
    {
        var engine = get_default_device().type == DeviceType.CPU ? "onnx" : get_default_device().type.ToString().ToLowerInvariant();
        return $"{engine}-{(precision == Precision.BFloat16 ? "bf16" : "fp32")}";
    }

    private static int? CudaIndex(string? name) =>
        name is not null && name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name["cuda:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static CaptionTLException Missing(string device, string why) =>
        new($"The device '{device}' is not there: {why}. 'auto' takes what there is; 'captiontl doctor' shows it.");
}

/// <summary>The arithmetic of a frozen network.</summary>
public enum Precision
{
    /// <summary>bf16 on CUDA, fp32 elsewhere.</summary>
    Auto,

    Float32,

    BFloat16,
}
