using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl data check PATH: what a data set is, what is in it, and what is wrong with it.</summary>
internal sealed class DataCheckCommand : CliCommand
{
    private readonly Argument<string> _path = new("PATH") { Description = "A folder, a zip archive, or one caption or label file beside its pictures" };
    private readonly Option<string?> _as = new("--as") { Description = "What is meant where the pictures have both; captions unless said", HelpName = "captions|classes", CompletionSources = { "captions", "classes" } };
    private readonly Option<bool> _decode = new("--decode") { Description = "Decode every picture to the last pixel, which finds those cut off" };
    private readonly NearDuplicateSettings _near = new();

    public DataCheckCommand() : base(
        "check", "Say what a data set is, what can be used of it, and what is wrong with the rest\n" +
        "Captions: Flickr8k/30k's own layout, COCO captions JSON, Karpathy JSON, metadata.jsonl (file_name, text), CSV.\n" +
        "Classes: a folder for each, also below train, val and test; JSON lines (file_name, label); CSV (file, label).",
        "captiontl data check flickr8k", "captiontl data check pictures.zip --decode", "captiontl data check ants-and-bees --json",
        "captiontl data check flickr8k --near-duplicates")
    {
        _as.AcceptOnlyFromAmong("captions", "classes");
        Add(_path);
        Add(_as);
        Add(_decode);
        _near.AddTo(this);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var path = run.Get(_path);
        _near.Check(run);
        Dataset dataset = run.Get(_as) switch
        {
            "captions" => CaptionDatasetReader.Open(path),
            "classes" => LabelledDatasetReader.Open(path),
            _ => DatasetReader.Open(path),
        };
        DatasetReport report;
        using (var progress = run.Progress())
        {
            var view = new ImmediateProgress<int>(done => progress.Report("checking", done, dataset.Pictures.Count, "pictures"));
            var checker = new DatasetChecker();
            report = dataset switch
            {
                CaptionDataset captions => checker.Check(captions, run.Get(_decode), view, run.CancellationToken),
                LabelledDataset labels => checker.Check(labels, run.Get(_decode), view, run.CancellationToken),
                _ => throw new InvalidOperationException($"{dataset.GetType().Name} has no check"),
            };
            report = report with { NearDuplicates = _near.Find(run, dataset, progress) };
        }
        run.Output.Write(report, text => DatasetReportText.Write(report, text));
        return Task.FromResult(ExitCode.Done);
    }
}
