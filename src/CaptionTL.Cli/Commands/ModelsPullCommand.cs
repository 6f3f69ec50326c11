using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Completion;
using CaptionTL.Cli.Output;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models pull NAME|URL|FILE…: fetches pretrained weights ahead of time, or takes in a file that was fetched by hand.</summary>
internal sealed class ModelsPullCommand : CliCommand
{
    private readonly Argument<string[]> _names = new("NAME|URL|FILE") { Description = "Weights, or an architecture for its usual weights (see models list); another address of a published file; or such a file fetched by hand", Arity = ArgumentArity.OneOrMore, HelpName = "NAME|URL|FILE", CompletionSources = { KnownNames.Weights } };
    private readonly Option<string?> _from = new("--from") { Description = "A file fetched by hand, to be checked and copied in instead of downloading", HelpName = "FILE" };

    public ModelsPullCommand() : base(
        "pull", "Fetch pretrained weights ahead of time, checked against their SHA-256 where one is known",
        "captiontl models pull tf_efficientnet_lite0.in1k", "captiontl models pull tf_efficientnet_lite0.in1k --from Downloads/model.safetensors",
        "captiontl models pull Downloads/resnet50-0676ba61.pth")
    {
        Add(_names);
        Add(_from);
        Validators.Add(result =>
        {
            if (result.GetValue(_from) is not null && result.GetValue(_names)?.Length != 1) result.AddError("--from takes one file for one NAME.");
        });
    }

    protected override async Task<int> RunAsync(CommandRun run)
    {
        // All names are looked up before the first download.
        var store = new WeightStore();
        var sources = run.Get(_names).Select(name => WeightSource.Find(name, run.Get(_from), store)).Distinct().ToList();
        foreach (var (weights, _) in sources.Where(source => source.Weights.File.Sha256.Length == 0))
            run.Error.WriteLine($"{weights.Name}: no SHA-256 is on record for this file; its structure and shapes are checked when it is loaded");
        foreach (var (weights, from) in sources)
        {
            // What was fetched by hand is looked at before it is copied: a page or a picture is refused.
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
        var view = new ImmediateProgress<DownloadProgress>(state => progress.Report(state.Name, state.Received >> 20, state.Total >> 20, "MiB"));
        return await store.EnsureAsync(weights.File, view, run.CancellationToken);
    }
}
