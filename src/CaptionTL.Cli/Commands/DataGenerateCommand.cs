using System.CommandLine;
using CaptionTL.Datasets.Shapes;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl data generate FOLDER: a small data set of drawn shapes, for first steps and lessons.</summary>
internal sealed class DataGenerateCommand : CliCommand
{
    private static readonly ShapeDatasetOptions Usual = new();

    private readonly Argument<string> _folder = new("FOLDER") { Description = "Where it is written; must be empty or missing" };
    private readonly Option<bool> _classes = new("--classes") { Description = "A folder for each shape instead of captions" };
    private readonly Option<int> _pictures = new("--pictures") { Description = "How many", DefaultValueFactory = _ => Usual.Pictures };
    private readonly Option<int> _side = new("--side") { Description = "Width and height in pixels", DefaultValueFactory = _ => Usual.Side };
    private readonly Option<int> _captions = new("--captions") { Description = "Sentences for each picture", DefaultValueFactory = _ => Usual.Captions };
    private readonly Option<ulong> _seed = new("--seed") { Description = "The same seed draws the same pictures", DefaultValueFactory = _ => Usual.Seed };

    public DataGenerateCommand() : base(
        "generate", "Draw a small data set of coloured shapes with captions or classes, for first steps and lessons",
        "captiontl data generate shapes", "captiontl data generate shape-classes --classes --pictures 500")
    {
        Add(_folder);
        foreach (Option option in (Option[])[_classes, _pictures, _side, _captions, _seed]) Add(option);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var (folder, options) = (run.Get(_folder), new ShapeDatasetOptions { Classes = run.Get(_classes), Pictures = run.Get(_pictures), Side = run.Get(_side), Captions = run.Get(_captions), Seed = run.Get(_seed) });
        using (var progress = run.Progress())
            ShapeDataset.Write(folder, options, new ImmediateProgress<int>(done => progress.Report("drawing", done, options.Pictures, "pictures")), run.CancellationToken);
        run.Output.Write(new { Folder = folder, options.Pictures, options.Classes, options.Seed }, text => text.WriteLine($"{folder}: {options.Pictures} pictures. Train on it: captiontl train --data {folder} --out runs/{Path.GetFileName(folder)}"));
        return Task.FromResult(ExitCode.Done);
    }
}
