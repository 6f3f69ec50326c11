using System.CommandLine;
using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models …</summary>
internal sealed class ModelsCommand : CommandGroup
{
    public ModelsCommand() : base("models", "Pretrained weights: what there is, what is in a file, fetching them ahead of time")
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
    "list", "Show the pretrained weights there are, and which of them are on this machine",
    "captiontl models list", "captiontl models list --json")
{
    /// <param name="Path">Where the file lies on this machine, or null.</param>
    /// <param name="Problem">Why the file that lies there is not used, or null.</param>
    private sealed record Row(
        string Name, string Architecture, double Top1, string Input, long? Bytes, string Licence, string Source, Uri Address,
            string Sha256, string? Path, string? Problem);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var store = new WeightStore();
        run.Output.WriteTable(
            BackboneRegistry.All.SelectMany(entry => entry.Weights).Select(weights => Describe(weights, store, run.CancellationToken)),
            "no pretrained weights are known",
            ("name", row => row.Name),
            ("top-1", row => row.Top1.ToString("0.0", CultureInfo.InvariantCulture)),
            ("input", row => row.Input),
            ("size", row => row.Bytes is { } bytes ? Units.Bytes(bytes) : "?"),
            ("licence", row => row.Licence),
            ("on this machine", row => row.Path ?? (row.Problem is null ? "no" : "not usable: " + row.Problem)));
        return Task.FromResult(ExitCode.Done);
    }

    private static Row Describe(BackboneWeights weights, WeightStore store, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (path, problem) = ((string?)null, (string?)null);
        try
        {
            path = store.Resolve(weights.File);
        }
        catch (CaptionTLException e)
        {
            problem = e.Message;
        }
        var (file, input) = (weights.File, FormattableString.Invariant($"{weights.Preprocessing.Width} × {weights.Preprocessing.Height}"));
        return new(weights.Name, weights.Architecture, weights.Top1, input, file.Size, file.Licence, file.Source, file.Address,
            file.Sha256, path, problem);
    }
}

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
            TextTable.Write(text, ["tensor", "type", "shape", "size"],
                [.. tensors.Select(t => (string[])[Printable(t.Name), t.DType.ToString().ToLowerInvariant(), Shape(t),
                Units.Bytes(t.Length)])]);
            text.WriteLine();
            foreach (var (key, value) in file.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                text.WriteLine($"{Printable(key)}: {Printable(value)}");
            text.WriteLine($"{file.Format} file");
            text.WriteLine(FormattableString.Invariant($"{tensors.Count} tensors, {parameters:#,0} numbers, {Units.Bytes(bytes)}"));
        });
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Names come from the file; a terminal must not obey them.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    private static string Shape(TensorEntry tensor) => tensor.Shape.Length == 0 ? "scalar" : string.Join(" × ", tensor.Shape);
}

/// <summary>
/// captiontl models pull NAME|URL|FILE…: fetches pretrained weights ahead of time, or takes in a file that was fetched by hand.
/// </summary>
internal sealed class ModelsPullCommand : CliCommand
{
    private readonly Argument<string[]> _names = new("NAME|URL|FILE") { Description = "Weights, or an architecture for its usual "
        + "weights (see models list); another address of a published file; or such a file fetched by hand",
        Arity = ArgumentArity.OneOrMore, HelpName = "NAME|URL|FILE", CompletionSources = { KnownNames.Weights } };
    private readonly Option<string?> _from = new("--from") { Description = "A file fetched by hand, to be checked and copied in instead "
        + "of downloading", HelpName = "FILE" };

    public ModelsPullCommand() : base(
        "pull", "Fetch pretrained weights ahead of time, checked against their SHA-256 where one is known",
        "captiontl models pull tf_efficientnet_lite0.in1k", "captiontl models pull tf_efficientnet_lite0.in1k --from "
            + "Downloads/model.safetensors",
        "captiontl models pull Downloads/resnet50-0676ba61.pth")
    {
        Add(_names);
        Add(_from);
        Validators.Add(result =>
        {
            if (result.GetValue(_from) is not null && result.GetValue(_names)?.Length != 1)
                result.AddError("--from takes one file for one NAME.");
        });
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        // All names are looked up before the first download.
        var store = new WeightStore();
        var sources = run.Get(_names).Select(name => WeightSource.Find(name, run.Get(_from), store)).Distinct().ToList();
        foreach (var (weights, _) in sources.Where(source => source.Weights.File.Sha256.Length == 0))
            run.Error.WriteLine($"{weights.Name}: no SHA-256 is on record for this file; its structure and shapes are checked when it "
                + $"is loaded");
        foreach (var (weights, from) in sources)
        {
            // What was fetched by hand is looked at before it is copied: a page or an image is refused.
            if (from is not null) TensorFile.Open(from).Dispose();
            var path = from is not null ? store.Install(from, weights.File) : await FetchAsync(store, weights, run);
            if (from is null) TensorFile.Open(path).Dispose();
            run.Output.Write(new { weights.Name, Path = path }, text => text.WriteLine($"{weights.Name}: {path}"));
        }
        return ExitCode.Done;
    }

    private static async Task<string> FetchAsync(WeightStore store, BackboneWeights weights, CommandRun run)
    {
        using var progress = run.Progress();
        var view = new ImmediateProgress<DownloadProgress>(state =>
            progress.Report(state.Name, state.Received >> 20, state.Total >> 20, "MiB"));
        return await store.EnsureAsync(weights.File, view, run.CancellationToken);
    }
}

/// <summary>captiontl models verify [NAME…]: reads the weights on this machine and compares them with their SHA-256.</summary>
internal sealed class ModelsVerifyCommand : CliCommand
{
    private readonly Argument<string[]> _names = new("NAME") { Description = "Weights, or an architecture for its usual weights; all "
        + "that are on this machine when left out", Arity = ArgumentArity.ZeroOrMore, HelpName = "NAME",
        CompletionSources = { KnownNames.Weights } };

    public ModelsVerifyCommand() : base(
        "verify", "Read the weights on this machine anew and compare them with their SHA-256",
        "captiontl models verify", "captiontl models verify tf_efficientnet_lite0.in1k")
    {
        Add(_names);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var names = run.Get(_names);
        var rows = (names.Length > 0 ? names.Select(BackboneRegistry.FindWeights)
            : BackboneRegistry.All.SelectMany(entry => entry.Weights)).Distinct().ToList();
        var store = new WeightStore();
        var checks = new List<WeightCheck>();
        foreach (var row in rows)
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            if (store.Verify(row.File) is { } check) checks.Add(check);
            else if (names.Length > 0)
                checks.Add(new WeightCheck(row.Name, "", "", $"not on this machine; captiontl models pull {row.Name} fetches it"));
        }
        run.Output.WriteTable(
            checks, "no pretrained weights are on this machine",
            ("name", check => check.Name),
            ("file", check => check.Path),
            ("", check => check.Problem ?? "as published"));
        return Task.FromResult(checks.Any(check => check.Problem is not null) ? ExitCode.Failed : ExitCode.Done);
    }
}
