using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl data check PATH: what a data set is, what is in it, and what is wrong with it.</summary>
internal sealed class DataCheckCommand : CliCommand
{
    private readonly Argument<string> _path = new("PATH") { Description = "A folder, a zip archive, or one caption file beside its pictures" };
    private readonly Option<bool> _decode = new("--decode") { Description = "Decode every picture to the last pixel, which finds those cut off" };

    public DataCheckCommand() : base(
        "check", "Say what a data set is, what can be used of it, and what is wrong with the rest\n" +
        "Recognised: Flickr8k/30k's own layout, COCO captions JSON, Karpathy JSON, metadata.jsonl (file_name, text), CSV.",
        "captiontl data check flickr8k", "captiontl data check pictures.zip --decode", "captiontl data check flickr8k --json")
    {
        Add(_path);
        Add(_decode);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var dataset = CaptionDatasetReader.Open(run.Get(_path));
        DatasetReport report;
        using (var progress = run.Progress())
        {
            var view = new ImmediateProgress<int>(done => progress.Report("checking", done, dataset.Items.Count, "pictures"));
            report = new DatasetChecker().Check(dataset, run.Get(_decode), view, run.CancellationToken);
        }
        run.Output.Write(report, text => DatasetReportText.Write(report, text));
        return Task.FromResult(ExitCode.Done);
    }
}
