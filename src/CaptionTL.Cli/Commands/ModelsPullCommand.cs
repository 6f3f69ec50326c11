using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>
/// captiontl models pull NAME|URL|FILE…: downloads pretrained weights ahead of time, or installs a file that was downloaded by hand.
/// </summary>
internal sealed class ModelsPullCommand : CliCommand
{
    private readonly Argument<string[]> _names = new("NAME|URL|FILE")
    {
        Description = "Weights, or an architecture for its default weights (see 'captiontl models list'); another address of a published "
            + "file; or a published file that was downloaded by hand",
        Arity = ArgumentArity.OneOrMore, HelpName = "NAME|URL|FILE", CompletionSources = { KnownNames.Weights },
    };
    private readonly Option<string?> _from = new("--from")
    {
        Description = "Check and copy this file, downloaded by hand, instead of downloading", HelpName = "FILE",
    };

    public ModelsPullCommand() : base(
        "pull", "Download pretrained weights ahead of time and check them against their SHA-256 where it is known",
        "captiontl models pull tf_efficientnet_lite0.in1k",
        "captiontl models pull tf_efficientnet_lite0.in1k --from Downloads/model.safetensors",
        "captiontl models pull Downloads/resnet50-0676ba61.pth")
    {
        Accept(_names, _from);
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
            run.Error.WriteLine($"{weights.Name}: no SHA-256 is known for this file; its structure and shapes are checked when it is "
                + "loaded");
        foreach (var (weights, from) in sources)
        {
            // A file downloaded by hand is opened before it is copied: a web page or an image is refused.
            if (from is not null) TensorFile.Open(from).Dispose();
            var path = from is not null ? store.Install(from, weights.File) : await DownloadAsync(store, weights, run);
            if (from is null) TensorFile.Open(path).Dispose();
            run.Output.Write(new { weights.Name, Path = path }, text => text.WriteLine($"{weights.Name}: {path}"));
        }
        return ExitCode.Done;
    }

    private static async Task<string> DownloadAsync(WeightStore store, BackboneWeights weights, CommandRun run)
    {
        using var progress = run.Progress();
        var view = new ImmediateProgress<DownloadProgress>(state =>
            progress.Report(state.Name, state.Received >> 20, state.Total >> 20, "MiB"));
        return await store.EnsureAsync(weights.File, view, run.CancellationToken);
    }
}

/// <summary>What an argument of models pull stands for.</summary>
/// <param name="Weights">The published weights; with another address where one was given.</param>
/// <param name="File">The file to install, or null for a download.</param>
internal sealed record WeightSource(BackboneWeights Weights, string? File)
{
    private static IEnumerable<BackboneWeights> All => BackboneRegistry.All.SelectMany(entry => entry.Weights);

    /// <summary>
    /// Understands a name of the registry, the address of a published file (or of a copy under the same file name), and the path of a
    /// published file on this machine.
    /// </summary>
    /// <exception cref="CaptionTLException">The argument is none of these.</exception>
    public static WeightSource Find(string argument, string? from, WeightStore store)
    {
        if (from is not null) return new WeightSource(BackboneRegistry.FindWeights(argument), from);
        if (Uri.TryCreate(argument, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return new WeightSource(ByAddress(address), null);
        var looksLikeFile = argument.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || System.IO.File.Exists(argument);
        return looksLikeFile ? new WeightSource(ByContent(argument, store), argument)
            : new WeightSource(BackboneRegistry.FindWeights(argument), null);
    }

    private static BackboneWeights ByAddress(Uri address)
    {
        if (All.FirstOrDefault(w => w.File.Address == address) is { } exact) return exact;
        var segments = address.AbsolutePath.Split('/');
        // Many files are called model.safetensors; then the name of the weights is part of the path.
        var copy = All.FirstOrDefault(w => w.File.FileName == segments[^1] && w.File.Sha256.Length > 0
            && (w.File.FileName != "model.safetensors" || segments.Contains(w.Name)));
        if (copy is null)
            throw new CaptionTLException($"{address} is not the address of known published weights ('captiontl models list' shows them). "
                + "Download the file yourself and name it: captiontl models pull NAME --from FILE.");
        return copy with { File = copy.File with { Address = address } };
    }

    private static BackboneWeights ByContent(string path, WeightStore store)
    {
        if (!System.IO.File.Exists(path)) throw new CaptionTLException($"There is no file {path}.");
        TensorFile.Open(path).Dispose(); // fails with an explanation where it is not a weight file
        var sum = store.Sha256Of(path);
        return All.FirstOrDefault(w => w.File.Sha256.Length > 0 && w.File.Matches(sum))
            ?? throw new CaptionTLException($"{path} (SHA-256 {sum}) is none of the published files whose SHA-256 is known. If you know "
                + $"which weights it holds: captiontl models pull NAME --from {path}.");
    }
}

/// <summary>captiontl models verify [NAME…]: reads the weights on this machine and compares them with their SHA-256.</summary>
internal sealed class ModelsVerifyCommand : CliCommand
{
    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "Weights, or an architecture for its default weights; everything on this machine if omitted",
        Arity = ArgumentArity.ZeroOrMore, HelpName = "NAME", CompletionSources = { KnownNames.Weights },
    };

    public ModelsVerifyCommand() : base(
        "verify", "Read the weights on this machine again and compare them with their SHA-256",
        "captiontl models verify",
        "captiontl models verify tf_efficientnet_lite0.in1k") => Accept(_names);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var names = run.Get(_names);
        var rows = names.Length > 0 ? names.Select(BackboneRegistry.FindWeights) : BackboneRegistry.All.SelectMany(e => e.Weights);
        var store = new WeightStore();
        var checks = new List<WeightCheck>();
        foreach (var row in rows.Distinct())
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            if (store.Verify(row.File) is { } check) checks.Add(check);
            else if (names.Length > 0)
                checks.Add(new WeightCheck(row.Name, "", "", $"not on this machine; captiontl models pull {row.Name} downloads it"));
        }
        run.Output.WriteTable(
            checks, "no pretrained weights are on this machine",
            ("name", check => check.Name),
            ("file", check => check.Path),
            ("", check => check.Problem ?? "as published"));
        return Task.FromResult(checks.Any(check => check.Problem is not null) ? ExitCode.Failed : ExitCode.Done);
    }
}
