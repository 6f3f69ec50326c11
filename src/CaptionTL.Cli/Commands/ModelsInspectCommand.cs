using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models inspect FILE: the tensors of a weight file of any format.</summary>
internal sealed class ModelsInspectCommand : CliCommand
{
    private readonly Argument<FileInfo> _file = new("FILE") { Description = "A .safetensors, .pth, .pt or .h5 file; told by its content" };

    public ModelsInspectCommand() : base(
        "inspect", "Show the tensors of a weight file: name, type, shape and size",
        "captiontl models inspect model.safetensors",
        "captiontl models inspect resnet50-0676ba61.pth",
        "captiontl models inspect model.safetensors --json | jq '.tensors[].name'")
    {
        Add(_file);
    }

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
            TextTable.Write(text, ["tensor", "type", "shape", "size"], [.. tensors.Select(t => (string[])[Printable(t.Name), t.DType.ToString().ToLowerInvariant(), Shape(t), Units.Bytes(t.Length)])]);
            text.WriteLine();
            foreach (var (key, value) in file.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) text.WriteLine($"{Printable(key)}: {Printable(value)}");
            text.WriteLine($"{file.Format} file");
            text.WriteLine(FormattableString.Invariant($"{tensors.Count} tensors, {parameters:#,0} numbers, {Units.Bytes(bytes)}"));
        });
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Names come from the file; a terminal must not obey them.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    private static string Shape(TensorEntry tensor) => tensor.Shape.Length == 0 ? "scalar" : string.Join(" × ", tensor.Shape);
}
