using System.CommandLine;
using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>The options that say where networks are computed and in which arithmetic.</summary>
internal sealed class ComputeSettings
{
    private readonly DeviceOption _device = new();
    private readonly PrecisionOption _precision = new();

    public void AddTo(Command command)
    {
        command.Add(_device);
        command.Add(_precision);
    }

    /// <summary>From here on this process computes on the device.</summary>
    /// <returns>The arithmetic of frozen networks.</returns>
    /// <exception cref="CaptionTLException">There is no such device here.</exception>
    public Precision Use(CommandRun run)
    {
        ComputeDevice.Use(run.Get(_device)!);
        return run.Get(_precision);
    }
}

/// <summary>--device: where networks are computed.</summary>
internal sealed class DeviceOption : Option<string>
{
    public DeviceOption() : base("--device")
    {
        Description = "Where networks are computed: a CUDA device where there is one (auto), or the one that is named";
        DefaultValueFactory = _ => ComputeDevice.Auto;
        CustomParser = result =>
        {
            var name = result.Tokens[0].Value.ToLowerInvariant();
            if (!ComputeDevice.IsName(name)) result.AddError($"--device is '{name}'; it must be {ComputeDevice.Choices}.");
            return name;
        };
        HelpName = "auto|cpu|cuda[:N]|mps";
        CompletionSources.Clear();
        CompletionSources.Add([.. ComputeDevice.Names]);
    }
}

/// <summary>--precision: the arithmetic of the frozen encoder.</summary>
internal sealed class PrecisionOption : Option<Precision>
{
    public PrecisionOption() : base("--precision")
    {
        Description = "Arithmetic of the encoder: fp32 on the processor; on CUDA bf16 (auto) or fp32";
        DefaultValueFactory = _ => Precision.Auto;
        CustomParser = result => result.Tokens[0].Value.ToLowerInvariant() switch
        {
            "auto" => Precision.Auto,
            "fp32" or "float32" => Precision.Float32,
            "bf16" or "bfloat16" => Precision.BFloat16,
            var other => Wrong(result, other),
        };
        HelpName = "auto|fp32|bf16";
        CompletionSources.Clear(); // the names of the enumeration
        CompletionSources.Add("auto", "fp32", "bf16");
    }

    private static Precision Wrong(System.CommandLine.Parsing.ArgumentResult result, string value)
    {
        result.AddError($"--precision is '{value}'; it must be auto, fp32 or bf16.");
        return Precision.Auto;
    }
}

/// <summary>An image's shape as a network takes it.</summary>
/// <param name="Channels">3 for colour, 1 for grey.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
internal sealed record InputShape(int Channels, int Height, int Width)
{
    /// <summary>Images beyond this are not made in memory to learn a shape.</summary>
    private const int Largest = 2048;

    /// <summary>Reads 3x224x224 (channels, height, width), 224x224 or 224; null for anything else.</summary>
    public static InputShape? Parse(string text)
    {
        var numbers = text.Split('x', 'X', '×')
            .Select(part => int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            && n is >= 1 and <= Largest ? n : 0).ToList();
        if (numbers.Contains(0)) return null;
        return numbers switch
        {
            [var size] => new(3, size, size),
            [var height, var width] => new(3, height, width),
            [var channels, var height, var width] => new(channels, height, width),
            _ => null,
        };
    }
}

/// <summary>--input: the shape of the images.</summary>
internal sealed class InputShapeOption : Option<InputShape?>
{
    public InputShapeOption() : base("--input")
    {
        Description = "Channels, height and width of the images, for instance 3x224x224 or 1x96x96 [default: the weights' own]";
        HelpName = "CxHxW";
        CustomParser = result =>
        {
            if (InputShape.Parse(result.Tokens[0].Value) is { } shape) return shape;
            result.AddError($"--input is '{result.Tokens[0].Value}'; it must be channels, height and width from 1 to 2048, like "
                + $"3x224x224.");
            return null;
        };
    }
}

/// <summary>--model: a bundle's path, or the name of an installed one.</summary>
internal sealed class ModelOption : Option<string?>
{
    public ModelOption() : base("--model")
    {
        Description = "Model bundle: a path, or the name of an installed one [default: the one that comes along]";
        HelpName = "BUNDLE";
        CompletionSources.Add(KnownNames.Bundles);
    }

    /// <exception cref="CaptionTLException">There is no such model.</exception>
    public string Resolve(CommandRun run) => InstalledModels.Find(run.Get(this));
}

/// <summary>What an argument of models pull stands for.</summary>
/// <param name="Weights">The published weights; their address replaced where another was given.</param>
/// <param name="File">The file to take in, or null for a download.</param>
internal sealed record WeightSource(BackboneWeights Weights, string? File)
{
    /// <summary>
    /// A name of the registry, the address of a published file (or of a copy under the same file name), or a published file on this
    /// machine.
    /// </summary>
    /// <exception cref="CaptionTLException">None of these.</exception>
    public static WeightSource Find(string argument, string? from, WeightStore store)
    {
        if (from is not null) return new WeightSource(BackboneRegistry.FindWeights(argument), from);
        if (Uri.TryCreate(argument, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return new WeightSource(ByAddress(address), null);
        var looksLikeFile = argument.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || System.IO.File.Exists(argument);
        return looksLikeFile ? new WeightSource(ByContent(argument, store), argument)
            : new WeightSource(BackboneRegistry.FindWeights(argument), null);
    }

    private static IEnumerable<BackboneWeights> All => BackboneRegistry.All.SelectMany(entry => entry.Weights);

    private static BackboneWeights ByAddress(Uri address)
    {
        if (All.FirstOrDefault(w => w.File.Address == address) is { } exact) return exact;
        var segments = address.AbsolutePath.Split('/');
        // Many files are called model.safetensors; the weights' own name is then in the path.
        var copy = All.FirstOrDefault(w => w.File.FileName == segments[^1] && w.File.Sha256.Length > 0
            && (w.File.FileName != "model.safetensors" || segments.Contains(w.Name)));
        return copy is null
            ? throw new CaptionTLException($"{address} is not the address of published weights that are known here ('captiontl models "
            + $"list' shows them). Fetch it yourself and give the file: captiontl models pull NAME --from FILE.")
            : copy with { File = copy.File with { Address = address } };
    }

    private static BackboneWeights ByContent(string path, WeightStore store)
    {
        if (!System.IO.File.Exists(path)) throw new CaptionTLException($"There is no file {path}.");
        TensorFile.Open(path).Dispose(); // says what it is where it is no file of weights
        var sum = store.Sha256Of(path);
        return All.FirstOrDefault(w => w.File.Sha256.Length > 0 && w.File.Matches(sum))
            ?? throw new CaptionTLException($"{path} (SHA-256 {sum}) is none of the published files whose SHA-256 is known here. If you "
            + $"know which weights it holds: captiontl models pull NAME --from {path}.");
    }
}
