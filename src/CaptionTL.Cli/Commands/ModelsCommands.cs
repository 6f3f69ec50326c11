using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;
using CaptionTL.Models;
using CaptionTL.Models.Export;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models …</summary>
internal sealed class ModelsCommand : CommandGroup
{
    public ModelsCommand() : base("models", "Pretrained weights: list, inspect, download and verify them; export trained models")
    {
        Add(new ModelsListCommand());
        Add(new ModelsSummaryCommand());
        Add(new ModelsInspectCommand());
        Add(new ModelsPullCommand());
        Add(new ModelsVerifyCommand());
        Add(new ModelsExportCommand());
    }
}

/// <summary>captiontl models list: the pretrained weights there are, and which of them are on this machine.</summary>
internal sealed class ModelsListCommand() : CliCommand(
    "list", "List the known pretrained weights and show which of them are on this machine",
    "captiontl models list", "captiontl models list --json")
{
    /// <param name="Top1">Accuracy on ImageNet, percent.</param>
    /// <param name="Path">Path of the file on this machine, or null.</param>
    /// <param name="Problem">Why the file on this machine is not used, or null.</param>
    private sealed record Row(string Name, string Architecture, double Top1, string Input, long? Bytes, string Licence, string Source,
        Uri Address, string Sha256, string? Path, string? Problem);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var store = new WeightStore();
        run.Output.WriteTable(
            BackboneRegistry.All.SelectMany(entry => entry.Weights).Select(weights => Describe(weights, store, run.CancellationToken)),
            "no pretrained weights are known",
            ("name", row => row.Name),
            ("top-1", row => $"{row.Top1:0.0}"),
            ("input", row => row.Input),
            ("size", row => row.Bytes is { } bytes ? Units.Bytes(bytes) : "?"),
            ("licence", row => row.Licence),
            ("on this machine", row => row.Path ?? (row.Problem is null ? "no" : "not usable: " + row.Problem)));
        return Task.FromResult(ExitCode.Done);
    }

    private static Row Describe(BackboneWeights weights, WeightStore store, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string? path = null, problem = null;
        try
        {
            path = store.Resolve(weights.File);
        }
        catch (CaptionTLException e)
        {
            problem = e.Message;
        }
        var (file, input) = (weights.File, $"{weights.Preprocessing.Width} × {weights.Preprocessing.Height}");
        return new(weights.Name, weights.Architecture, weights.Top1, input, file.Size, file.Licence, file.Source, file.Address,
            file.Sha256, path, problem);
    }
}

/// <summary>captiontl models inspect FILE: the tensors of a weight file of any format.</summary>
internal sealed class ModelsInspectCommand : CliCommand
{
    private readonly Argument<FileInfo> _file = new("FILE")
    {
        Description = "A .safetensors, .pth, .pt or .h5 file; the format is recognised by the content",
    };

    public ModelsInspectCommand() : base(
        "inspect", "Show the tensors of a weight file: name, type, shape and size",
        "captiontl models inspect model.safetensors",
        "captiontl models inspect resnet50-0676ba61.pth",
        "captiontl models inspect model.safetensors --json | jq '.tensors[].name'") => Accept(_file);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var path = run.Get(_file).FullName;
        if (!File.Exists(path)) throw new CaptionTLException($"{path}: no such file");
        using var file = TensorFile.Open(path);
        var tensors = file.Tensors.Values.OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        var (parameters, bytes) = (tensors.Sum(t => t.Count), tensors.Sum(t => t.Length));
        var report = new
        {
            File = path,
            file.Format,
            Parameters = parameters,
            Bytes = bytes,
            file.Metadata,
            Tensors = tensors.Select(t => new { t.Name, Dtype = t.DType, t.Shape }),
        };
        run.Output.Write(report, text =>
        {
            TextTable.Write(text, ["tensor", "type", "shape", "size"], [.. tensors.Select(t => (string[])
                [Printable(t.Name), t.DType.ToString().ToLowerInvariant(), Shape(t), Units.Bytes(t.Length)])]);
            text.WriteLine();
            foreach (var (key, value) in file.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                text.WriteLine($"{Printable(key)}: {Printable(value)}");
            text.WriteLine($"{file.Format} file");
            text.WriteLine($"{tensors.Count} tensors, {parameters:#,0} numbers, {Units.Bytes(bytes)}");
        });
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Names come from the file: control characters in them must not reach the terminal.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    private static string Shape(TensorEntry tensor) => tensor.Shape.Length == 0 ? "scalar" : string.Join(" × ", tensor.Shape);
}

/// <summary>captiontl models export BUNDLE: a trained model for other programs.</summary>
internal sealed class ModelsExportCommand : CliCommand
{
    private readonly Argument<string> _bundle = new("BUNDLE")
    {
        Description = "Model bundle: a path, or the name of an installed model",
        HelpName = "BUNDLE", CompletionSources = { KnownNames.Bundles },
    };
    private readonly ChoiceOption<string> _format = new(
        "--format", "onnx: networks of standard ONNX operators in fp32, with labels or vocabulary and a README.md", ("onnx", "onnx"));
    private readonly Option<string> _out = new("--out")
    {
        Description = "Folder to write; must be new or empty", HelpName = "FOLDER", Required = true,
    };

    public ModelsExportCommand() : base(
        "export", "Write a trained model as files that other programs can run: a classifier from pixels to probabilities, a captioner as "
            + "encoder and decoder",
        "captiontl models export runs/bees/model.captiontl --format onnx --out bees-onnx",
        "captiontl models export runs/mine/model.captiontl --out mine-onnx --json") => Accept(_bundle, _format, _out);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var export = OnnxExport.Write(InstalledModels.Find(run.Get(_bundle)), run.Get(_out)!);
        run.Output.Write(export, text =>
        {
            TextTable.Write(text, ["file", "size", "does"],
                [.. export.Files.Select(f => (string[])[f.Name, Units.Bytes(f.Bytes), f.Purpose])]);
            text.WriteLine();
            text.WriteLine($"{Path.Combine(export.Folder, ModelBundle.CardEntry)} explains how to prepare pixels, and lists the names and "
                + "shapes of inputs and outputs");
        });
        return Task.FromResult(ExitCode.Done);
    }
}
