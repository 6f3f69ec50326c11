using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// Where this process computes. Networks and batches are made on one device, the engine's default device; what comes from files and goes
/// into them is on the processor. Dropout on a CUDA device draws from the device's own generator, which checkpoints do not hold: a run that
/// was interrupted goes on there, but not to the same bits.
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

    /// <summary>All that is made from here on in this process is made on this device. Products of matrices on CUDA may round to TF32.</summary>
    /// <param name="name">"auto", "cpu", "cuda", "cuda:" and a number, or "mps".</param>
    /// <exception cref="CaptionTLException">There is no such device here; the message says what there is.</exception>
    public static void Use(string name)
    {
        if (!IsName(name)) throw new CaptionTLException($"'{name}' is no device; it must be {Choices}.");
        Runtime.NativeStartup.Check();
        var chosen = name != Auto ? name : cuda.is_available() ? "cuda" : "cpu";
        if (chosen == "mps" && !mps_is_available()) throw Missing(chosen, "Metal is there on Apple's processors only");
        if (chosen.StartsWith("cuda", StringComparison.Ordinal))
        {
            if (!cuda.is_available()) throw Missing(chosen, "it takes an NVIDIA card with its driver, and a libtorch that was built for CUDA");
            if (CudaIndex(chosen) >= cuda.device_count()) throw Missing(chosen, FormattableString.Invariant($"cuda:0 to cuda:{cuda.device_count() - 1} are there"));
            backends.cuda.matmul.allow_tf32 = true;
        }
        set_default_device(chosen);
    }

    /// <summary>Moves a network there: TorchSharp makes some layers on the processor whatever the default device is.</summary>
    internal static T Place<T>(T network) where T : nn.Module =>
        get_default_device().type == DeviceType.CPU ? network : network.to(get_default_device());

    /// <summary>The arithmetic of a frozen network that <see cref="Precision.Auto"/> means on the device in use.</summary>
    public static Precision Arithmetic(Precision precision) => precision != Precision.Auto ? precision : get_default_device().type switch
    {
        DeviceType.CUDA => Precision.BFloat16,
        DeviceType.CPU when CpuFeatures.HasBFloat16 && Runtime.NativeStartup.AllowsBFloat16 => Precision.BFloat16,
        _ => Precision.Float32,
    };

    private static int? CudaIndex(string? name) =>
        name is not null && name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name["cuda:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static CaptionTLException Missing(string device, string why) =>
        new($"The device '{device}' is not there: {why}. 'auto' takes what there is; 'captiontl doctor' shows it.");
}
