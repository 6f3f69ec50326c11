using System.CommandLine;
using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl models summary NAME: blocks or layers with shapes, parameters and multiply-adds.</summary>
internal sealed class ModelsSummaryCommand : CliCommand
{
    private readonly Argument<string> _name = new("NAME")
    {
        Description = "An architecture, or weights for their architecture; see 'captiontl models list'",
        HelpName = "NAME", CompletionSources = { KnownNames.Backbones },
    };
    private readonly Option<InputShape?> _input = new("--input")
    {
        Description = "Channels, height and width of the images, for instance 3x224x224 or 1x96x96 [default: that of the weights]",
        HelpName = "CxHxW",
        CustomParser = result =>
        {
            var shape = InputShape.Parse(result.Tokens[0].Value);
            if (shape is null)
                result.AddError($"--input is '{result.Tokens[0].Value}'; it must be channels, height and width from 1 to 2048, like "
                    + "3x224x224.");
            return shape;
        },
    };
    private readonly Option<string?> _cut = new("--cut")
    {
        Description = "Freeze the blocks up to and including this one", HelpName = "BLOCK",
    };
    private readonly Option<int> _classes = new("--classes")
    {
        Description = "Number of outputs of the last layer", HelpName = "N", DefaultValueFactory = _ => 1000,
    };
    private readonly Option<bool> _noTop = new("--no-top") { Description = "Leave out everything after the last block" };
    private readonly Option<bool> _tree = new("--tree") { Description = "Show every layer instead of the blocks" };

    public ModelsSummaryCommand() : base(
        "summary", "Show a backbone's blocks: output shape, parameters, multiply-adds, and size of an image's embedding at each cut",
        "captiontl models summary resnet50",
        "captiontl models summary tf_efficientnet_lite0 --input 3x160x160 --cut blocks.4",
        "captiontl models summary resnet18 --tree --no-top") =>
        Accept(_name, _input, _cut, _classes, _noTop, _tree);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var entry = BackboneRegistry.Find(run.Get(_name));
        var preprocessing = entry.Weights.Count > 0 ? entry.Weights[0].Preprocessing : null;
        var input = run.Get(_input) ?? new InputShape(3, preprocessing?.Height ?? 224, preprocessing?.Width ?? 224);
        using var backbone = entry.Build(new BackboneOptions
        {
            Classes = run.Get(_classes), InputChannels = input.Channels, IncludeTop = !run.Get(_noTop),
        });
        if (run.Get(_cut) is { } frozen) backbone.Freezing.FreezeUpTo(frozen);
        var summary = BackboneSummary.Of(backbone, input.Height, input.Width);
        var cut = summary.Cuts.Single(c => c.Name == (run.Get(_cut) ?? backbone.LastCut));
        var rows = run.Get(_tree) ? summary.Layers : summary.Blocks;
        run.Output.Write(Report(summary, cut, rows), text =>
        {
            text.WriteLine($"{summary.Architecture}, input {Shape(summary.InputShape)}");
            text.WriteLine();
            if (run.Get(_tree)) WriteTree(text, rows);
            else WriteBlocks(text, summary);
            text.WriteLine($"""

                parameters     {summary.Parameters:#,0}, trainable {summary.TrainableParameters:#,0}, frozen {summary.FrozenParameters:#,0}
                multiply-adds  {Large(summary.MultiplyAdds)} an image
                weights        {Units.Bytes(summary.WeightBytes)}
                embedding      {Units.Bytes(cut.EmbeddingBytes)} an image at {cut.Name} ({Units.Bytes(cut.PooledBytes)} pooled), fp16
                """);
        });
        return Task.FromResult(ExitCode.Done);
    }

    private static void WriteBlocks(TextWriter text, BackboneSummary summary)
    {
        var cuts = summary.Cuts.ToDictionary(c => c.Name);
        TextTable.Write(text, ["block", "output", "parameters", "multiply-adds", "embedding", "state"],
            [.. summary.Blocks.Select(b => (string[])
            [
                b.Name, Shape(b.OutputShape), $"{b.Parameters:#,0}", Large(b.MultiplyAdds),
                cuts.TryGetValue(b.Name, out var cut) ? Units.Bytes(cut.EmbeddingBytes) : "–", State(b),
            ])]);
    }

    private static void WriteTree(TextWriter text, IReadOnlyList<LayerSummary> layers) =>
        TextTable.Write(text, ["layer", "kind", "output", "parameters", "multiply-adds", "state"],
            [.. layers.Select(l => (string[])
            [
                new string(' ', 2 * l.Depth) + l.Name[(l.Name.LastIndexOf('.') + 1)..], l.Kind, Shape(l.OutputShape),
                $"{l.Parameters:#,0}", Large(l.MultiplyAdds), State(l),
            ])]);

    private static object Report(BackboneSummary summary, BackboneCut cut, IReadOnlyList<LayerSummary> rows) => new
    {
        summary.Architecture,
        Input = summary.InputShape,
        summary.Parameters,
        summary.TrainableParameters,
        summary.FrozenParameters,
        summary.MultiplyAdds,
        summary.WeightBytes,
        Cut = cut,
        summary.Cuts,
        Rows = rows,
    };

    private static string State(LayerSummary row) => row.State.Length > 0 ? row.State : "–";

    private static string Shape(IReadOnlyList<long>? shape) => shape is null ? "–" : string.Join(" × ", shape);

    // 0, 613 k, 1.82 M, 4.09 G
    private static string Large(long number) => number switch
    {
        >= 1_000_000_000 => Units.Number(number / 1e9) + " G",
        >= 1_000_000 => Units.Number(number / 1e6) + " M",
        >= 1_000 => Units.Number(number / 1e3) + " k",
        _ => $"{number}",
    };
}

/// <summary>Shape of the images that a network takes.</summary>
/// <param name="Channels">3 for colour, 1 for grey.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
internal sealed record InputShape(int Channels, int Height, int Width)
{
    /// <summary>The summary runs an image of this shape through the network: larger ones would take too much memory.</summary>
    private const int Largest = 2048;

    /// <summary>Reads 3x224x224 (channels, height, width), 224x224 or 224; null for anything else.</summary>
    public static InputShape? Parse(string text)
    {
        var numbers = text.Split('x', 'X', '×').Select(Number).ToList();
        return numbers.Contains(0) ? null : numbers switch
        {
            [var size] => new(3, size, size),
            [var height, var width] => new(3, height, width),
            [var channels, var height, var width] => new(channels, height, width),
            _ => null,
        };
    }

    private static int Number(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, null, out var number) && number <= Largest ? number : 0;
}
