using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models pull NAME…: fetches pretrained weights ahead of time, or takes in a file that was fetched by hand.</summary>
internal sealed class ModelsPullCommand : CliCommand
{
    private readonly Argument<string[]> _names = new("NAME") { Description = "Weights, or an architecture for its usual weights; see models list", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _from = new("--from") { Description = "A file fetched by hand, to be checked and copied in instead of downloading", HelpName = "FILE" };

    public ModelsPullCommand() : base(
        "pull", "Fetch pretrained weights ahead of time, checked against their SHA-256 where one is known",
        "captiontl models pull tf_efficientnet_lite0.in1k", "captiontl models pull tf_efficientnet_lite0.in1k --from Downloads/model.safetensors")
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
        var rows = run.Get(_names).Select(BackboneRegistry.FindWeights).Distinct().ToList();
        foreach (var unknown in rows.Where(weights => weights.File.Sha256.Length == 0))
            run.Error.WriteLine($"{unknown.Name}: no SHA-256 is on record for this file; its structure and shapes are checked when it is loaded");
        var store = new WeightStore();
        foreach (var weights in rows)
        {
            var path = run.Get(_from) is { } file ? store.Install(file, weights.File) : await FetchAsync(store, weights, run);
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
