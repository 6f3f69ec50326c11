using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;
using CaptionTL.Heads;
using CaptionTL.IO;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl train: a captioner from a data set with captions.</summary>
internal sealed class TrainCommand : CliCommand
{
    private static readonly TransferPlan Default = new();

    private readonly Option<string> _data = new("--data") { Description = "Data set: a folder, a zip archive or a caption file", Required = true };
    private readonly Option<string> _out = new("--out") { Description = "Run folder; an unfinished run of the same plan in it is gone on with", Required = true };
    private readonly Option<string> _backbone = new("--backbone") { Description = "Pretrained weights to build on", DefaultValueFactory = _ => Default.Backbone };
    private readonly Option<string?> _cut = new("--cut") { Description = "Last frozen block of the backbone [default: its last block]" };
    private readonly Option<int> _views = new("--views") { Description = "Augmented versions of every picture kept in the cache", DefaultValueFactory = _ => Default.Views };
    private readonly Option<int?> _size = new("--size") { Description = "Width and height of the pictures in pixels [default: the backbone's]" };
    private readonly Option<int> _epochs = new("--epochs") { Description = "Passes over the training captions", DefaultValueFactory = _ => Default.Phases[0].Epochs };
    private readonly Option<int> _batch = new("--batch") { Description = "Captions a step", DefaultValueFactory = _ => Default.Phases[0].BatchSize };
    private readonly Option<double> _rate = new("--learning-rate") { Description = "Highest learning rate", DefaultValueFactory = _ => Default.Phases[0].LearningRate };
    private readonly Option<int> _hidden = new("--hidden") { Description = "Units of the LSTM", DefaultValueFactory = _ => Default.Head.Hidden };
    private readonly Option<int> _frequency = new("--min-frequency") { Description = "Words that occur less often in the training captions are not learned", DefaultValueFactory = _ => Default.MinimumWordFrequency };
    private readonly Option<bool> _noAttention = new("--no-attention") { Description = "The picture as one vector (Show and Tell)" };
    private readonly Option<long> _seed = new("--seed") { Description = "Of everything random", DefaultValueFactory = _ => Default.Seed };
    private readonly Option<string?> _name = new("--name") { Description = "Name of the model [default: the run folder's]" };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Begin again where the folder holds a run" };
    private readonly Option<bool> _reference = new("--encoder-by-reference") { Description = "Name the encoder in the bundle instead of putting its weights in" };
    private readonly PrecisionOption _precision = new();
    private readonly CacheFolderOption _cache = new();

    public TrainCommand() : base(
        "train", "Train a captioner on a data set; Ctrl-C saves, and the same command goes on",
        "captiontl train --data Flickr8k --out runs/flickr8k",
        "captiontl train --data my-photos/metadata.jsonl --out runs/mine --epochs 15 --backbone resnet50",
        "captiontl train --data photos.zip --out runs/plain --no-attention --json")
    {
        foreach (Option option in (Option[])[_data, _out, _backbone, _cut, _views, _size, _epochs, _batch, _rate, _hidden, _frequency, _noAttention, _seed, _name, _overwrite, _reference, _precision, _cache]) Add(option);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var plan = Default with
        {
            Backbone = run.Get(_backbone)!,
            Cut = run.Get(_cut),
            Views = run.Get(_views),
            InputSize = run.Get(_size),
            MinimumWordFrequency = run.Get(_frequency),
            Seed = run.Get(_seed),
            Head = Default.Head with { Hidden = run.Get(_hidden), Attention = !run.Get(_noAttention) },
            Phases = [Default.Phases[0] with { Epochs = run.Get(_epochs), BatchSize = run.Get(_batch), LearningRate = run.Get(_rate) }],
        };
        var options = new CaptionRunOptions
        {
            Plan = plan,
            Data = run.Get(_data)!,
            Out = run.Get(_out)!,
            Name = run.Get(_name),
            CacheFolder = run.Get(_cache) ?? AppFolders.Embeddings,
            Overwrite = run.Get(_overwrite),
            IncludeEncoder = !run.Get(_reference),
            Precision = run.Get(_precision),
        };
        CaptionRunResult result;
        using (var progress = run.Progress())
            result = new CaptionRun(options, new WeightStore(), new RunProgressForwarder(progress)).Execute(run.CancellationToken);
        var scores = result.Manifest.Scores!;
        run.Output.Write(
            new { result.Bundle, Scores = scores, result.State.BestCiderD, Seconds = Math.Round(result.Elapsed.TotalSeconds, 1), result.Skipped, result.Manifest.Data },
            text =>
            {
                text.WriteLine(FormattableString.Invariant($"{result.Bundle}: BLEU-4 {scores.Bleu[3]:0.000}, CIDEr-D {scores.CiderD:0.000} on {result.Manifest.Data.DevPictures} dev pictures, after {Units.Duration(result.Elapsed)}"));
                if (result.Skipped > 0) text.WriteLine(FormattableString.Invariant($"{result.Skipped} pictures were skipped; the lines above say why."));
                text.WriteLine($"Try it: captiontl caption PHOTO --model {result.Bundle}");
            });
        return Task.FromResult(ExitCode.Done);
    }
}
