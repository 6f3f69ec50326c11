using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Models;
using CaptionTL.Models.Export;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models export BUNDLE: a trained model for other programs.</summary>
internal sealed class ModelsExportCommand : CliCommand
{
    private readonly Argument<string> _bundle = new("BUNDLE") { Description = "Model bundle: a path, or the name of an installed one",
        HelpName = "BUNDLE", CompletionSources = { KnownNames.Bundles } };
    private readonly Option<ExportFormat> _format = new("--format") { Description = "onnx: networks in ONNX's operators, fp32, with "
        + "labels or vocabulary and a README.md", DefaultValueFactory = _ => ExportFormat.Onnx };
    private readonly Option<string> _out = new("--out") { Description = "Folder to write; new or empty", HelpName = "FOLDER",
        Required = true };

    public ModelsExportCommand() : base(
        "export", "Write a trained model as files that other programs run: a classifier from pixels to probabilities, a captioner as "
            + "encoder and decoder",
        "captiontl models export runs/bees/model.captiontl --format onnx --out bees-onnx",
        "captiontl models export runs/mine/model.captiontl --out mine-onnx --json")
    {
        Add(_bundle);
        Add(_format);
        Add(_out);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var export = OnnxExport.Write(InstalledModels.Find(run.Get(_bundle)!), run.Get(_out)!);
        run.Output.Write(export, text =>
        {
            TextTable.Write(text, ["file", "size", "does"],
                [.. export.Files.Select(f => (string[])[f.Name, Units.Bytes(f.Bytes), f.Purpose])]);
            text.WriteLine();
            text.WriteLine($"{Path.Combine(export.Folder, ModelBundle.CardEntry)} says how to prepare pixels, and the names and shapes "
                + $"of inputs and outputs");
        });
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>What models can be exported as.</summary>
internal enum ExportFormat
{
    Onnx,
}
