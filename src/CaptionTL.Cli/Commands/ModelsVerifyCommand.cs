using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Completion;
using CaptionTL.Cli.Output;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models verify [NAME…]: reads the weights on this machine and compares them with their SHA-256.</summary>
internal sealed class ModelsVerifyCommand : CliCommand
{
    private readonly Argument<string[]> _names = new("NAME") { Description = "Weights, or an architecture for its usual weights; all that are on this machine when left out", Arity = ArgumentArity.ZeroOrMore, HelpName = "NAME", CompletionSources = { KnownNames.Weights } };

    public ModelsVerifyCommand() : base(
        "verify", "Read the weights on this machine anew and compare them with their SHA-256",
        "captiontl models verify", "captiontl models verify tf_efficientnet_lite0.in1k")
    {
        Add(_names);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var names = run.Get(_names);
        var rows = (names.Length > 0 ? names.Select(BackboneRegistry.FindWeights) : BackboneRegistry.All.SelectMany(entry => entry.Weights)).Distinct().ToList();
        var store = new WeightStore();
        var checks = new List<WeightCheck>();
        foreach (var row in rows)
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            if (store.Verify(row.File) is { } check) checks.Add(check);
            else if (names.Length > 0) checks.Add(new WeightCheck(row.Name, "", "", $"not on this machine; captiontl models pull {row.Name} fetches it"));
        }
        run.Output.WriteTable(
            checks, "no pretrained weights are on this machine",
            ("name", check => check.Name),
            ("file", check => check.Path),
            ("", check => check.Problem ?? "as published"));
        return Task.FromResult(checks.Any(check => check.Problem is not null) ? ExitCode.Failed : ExitCode.Done);
    }
}
