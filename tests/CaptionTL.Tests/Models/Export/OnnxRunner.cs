using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Models.Export;

/// <summary>
/// ONNX files checked and run by other people's programs: Debian's python3-onnx (checker, strict shape inference) and OpenCV's cv2.dnn;
/// what OpenCV 4.6 has no operators for runs in numpy. Tests are skipped, with the reason, where these are missing.
/// </summary>
internal static class OnnxRunner
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<bool> IsThere = new(() => File.Exists(Python) && Execute("-c", "import onnx, cv2, numpy").ExitCode == 0);

    /// <param name="engine">"opencv", "numpy" or "check".</param>
    /// <param name="model">Path.</param>
    /// <param name="inputs">By name.</param>
    /// <returns>The graph's outputs by name, fp32.</returns>
    public static IReadOnlyDictionary<string, Tensor> Run(string engine, string model, params (string Name, Tensor Value)[] inputs)
    {
        Assert.SkipUnless(IsThere.Value, "needs Debian's python3-onnx and python3-opencv");
        using var folder = new TemporaryFolder();
        foreach (var (name, value) in inputs) Save(folder.File(name + ".npy"), value);
        var (code, error) = Execute(Path.Combine(Repository.Root, "tests", "CaptionTL.Tests", "Models", "Export", "run_onnx.py"), engine, model, folder.Path);
        code.ShouldBe(0, error);
        return Directory.EnumerateFiles(folder.Path, "*.npy").Select(f => (Name: Path.GetFileNameWithoutExtension(f), Path: f))
            .Where(f => inputs.All(i => i.Name != f.Name)).ToDictionary(f => f.Name, f => Load(f.Path), StringComparer.Ordinal);
    }

    // numpy's file format, version 1: magic, length of a Python dictionary, the dictionary, the numbers.
    private static void Save(string path, Tensor value)
    {
        using var contiguous = value.contiguous();
        var shape = string.Concat(value.shape.Select(s => s.ToString(CultureInfo.InvariantCulture) + ","));
        var header = $"{{'descr': '{(value.is_floating_point() ? "<f4" : "<i8")}', 'fortran_order': False, 'shape': ({shape}), }}\n";
        byte[] length = [(byte)(header.Length & 255), (byte)(header.Length >> 8)];
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. contiguous.bytes]);
    }

    private static Tensor Load(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        var header = Encoding.ASCII.GetString(bytes, 10, start - 10);
        header.ShouldContain("'<f4'");
        var shape = header[(header.IndexOf('(', StringComparison.Ordinal) + 1)..header.IndexOf(')', StringComparison.Ordinal)]
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(s => long.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        return tensor(MemoryMarshal.Cast<byte, float>(bytes.AsSpan(start)).ToArray(), shape);
    }

    private static (int ExitCode, string Error) Execute(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error + output.Result);
    }
}
