using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models inspect FILE: the tensors of a safetensors file.</summary>
internal sealed class ModelsInspectCommand : CliCommand
{
    private readonly Argument<FileInfo> _file = new("FILE") { Description = "A .safetensors file" };

    public ModelsInspectCommand() : base(
        "inspect", "Show the tensors of a weight file: name, type, shape and size",
        "captiontl models inspect model.safetensors",
        "captiontl models inspect model.safetensors --json | jq '.tensors[].name'")
    {
        Add(_file);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var path = run.Get(_file).FullName;
        if (!File.Exists(path)) throw new CaptionTLException($"{path}: no such file");
        using var file = SafetensorsFile.Open(path);
        var tensors = file.Names.Select(name => file.Tensors[name]).ToList();
        var (parameters, bytes) = (tensors.Sum(t => t.Count), tensors.Sum(t => t.Length));
        var report = new
        {
            File = path,
            Parameters = parameters,
            Bytes = bytes,
            file.Metadata,
            Tensors = tensors.Select(t => new { t.Name, Dtype = t.DType, t.Shape }),
        };
        run.Output.Write(report, text =>
        {
            TextTable.Write(text, ["tensor", "type", "shape", "size"], [.. tensors.Select(t => (string[])[t.Name, t.DType.ToString().ToLowerInvariant(), Shape(t), Units.Bytes(t.Length)])]);
            text.WriteLine();
            foreach (var (key, value) in file.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal)) text.WriteLine($"{key}: {value}");
            text.WriteLine(FormattableString.Invariant($"{tensors.Count} tensors, {parameters:#,0} numbers, {Units.Bytes(bytes)}"));
        });
        return Task.FromResult(ExitCode.Done);
    }

    private static string Shape(SafetensorsEntry tensor) => tensor.Shape.Length == 0 ? "scalar" : string.Join(" × ", tensor.Shape);
}
