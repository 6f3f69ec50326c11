using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models list: the pretrained weights there are, and which of them are on this machine.</summary>
internal sealed class ModelsListCommand() : CliCommand(
    "list", "Show the pretrained weights there are, and which of them are on this machine",
    "captiontl models list", "captiontl models list --json")
{
    /// <param name="Path">Where the file lies on this machine, or null.</param>
    /// <param name="Problem">Why the file that lies there is not used, or null.</param>
    private sealed record Row(
        string Name, string Architecture, double Top1, string Input, long? Bytes, string Licence, string Source, Uri Address, string Sha256, string? Path, string? Problem);

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
        return new(weights.Name, weights.Architecture, weights.Top1, input, file.Size, file.Licence, file.Source, file.Address, file.Sha256, path, problem);
    }
}
