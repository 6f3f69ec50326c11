using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Datasets.Shapes;
using CaptionTL.Embeddings;
using CaptionTL.Training;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl data …</summary>
internal sealed class DataCommand : CommandGroup
{
    public DataCommand() : base("data", "Data sets of images with captions or classes")
    {
        Add(new DataCheckCommand());
        Add(new DataGenerateCommand());
    }
}

/// <summary>captiontl data check PATH: what a data set is, what is in it, and what is wrong with it.</summary>
internal sealed class DataCheckCommand : CliCommand
{
    private readonly Argument<string> _path = new("PATH")
    {
        Description = "A folder, a zip archive, or a caption or label file beside its images",
    };
    private readonly Option<string?> _as = new("--as")
    {
        Description = "What to read if the images have both captions and classes [default: captions]",
        HelpName = "captions|classes",
    };
    private readonly Option<bool> _decode = new("--decode")
    {
        Description = "Decode every image completely, which also finds truncated files",
    };
    private readonly NearDuplicateSettings _near = new();

    public DataCheckCommand() : base(
        "check", "Report the layout of a data set, what can be used of it, and what is wrong with the rest\n" +
        "Captions: the layout of Flickr8k and Flickr30k, COCO captions JSON, Karpathy JSON, metadata.jsonl (file_name, text), CSV.\n" +
        "Classes: a folder for each class, also below train, val and test; JSON lines (file_name, label); CSV (file, label).",
        "captiontl data check flickr8k",
        "captiontl data check images.zip --decode",
        "captiontl data check ants-and-bees --json",
        "captiontl data check flickr8k --near-duplicates")
    {
        _as.AcceptOnlyFromAmong("captions", "classes");
        Accept([_path, _as, _decode, .. _near.Options]);
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
            var view = new ImmediateProgress<int>(done => progress.Report("checking", done, dataset.Images.Count, "images"));
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

/// <summary>The options of the search for near duplicates, and the search.</summary>
internal sealed class NearDuplicateSettings
{
    private readonly Option<bool> _near = new("--near-duplicates")
    {
        Description = "Also find near duplicates by the features of a pretrained network: images mirrored, cropped or compressed again",
    };
    private readonly Option<double?> _similarity = new("--similarity")
    {
        Description = $"Minimum cosine similarity of near duplicates [default: {NearDuplicateFinder.DefaultThreshold}]", HelpName = "X",
    };
    private readonly BackboneOption _backbone =
        new($"Pretrained weights whose features are compared [default: {NearDuplicates.DefaultBackbone}]");
    private readonly CacheFolderOption _cache = new();

    public IEnumerable<Option> Options => [_near, _similarity, _backbone, _cache];

    /// <exception cref="CaptionTLException">A value is out of range, or belongs to a search that was not requested.</exception>
    public void Check(CommandRun run)
    {
        var similarity = run.Get(_similarity);
        if (similarity is not (null or (> 0 and <= 1)))
            throw new CaptionTLException($"--similarity is {similarity}; it must be above 0 and at most 1.");
        if (!run.Get(_near) && (similarity is not null || run.Get(_backbone) is not null || run.Get(_cache) is not null))
            throw new CaptionTLException("--similarity, --backbone and --cache are for --near-duplicates; add it.");
        if (run.Get(_backbone) is { } backbone) BackboneRegistry.FindWeights(backbone);
    }

    /// <returns>Null if it was not requested.</returns>
    public NearDuplicateReport? Find(CommandRun run, Dataset dataset, ProgressView progress)
    {
        if (!run.Get(_near)) return null;
        var threshold = run.Get(_similarity) ?? NearDuplicateFinder.DefaultThreshold;
        using var cache = _cache.Open(run);
        return NearDuplicates.Find(dataset, cache, threshold, run.Get(_backbone), progress: new RunProgressForwarder(progress),
            cancellation: run.CancellationToken);
    }
}

/// <summary>captiontl data generate FOLDER: a small data set of drawn shapes, for first steps and lessons.</summary>
internal sealed class DataGenerateCommand : CliCommand
{
    private static readonly ShapeDatasetOptions Defaults = new();

    private readonly Argument<string> _folder = new("FOLDER") { Description = "Folder to write; must be new or empty" };
    private readonly Option<bool> _classes = new("--classes") { Description = "Write a folder for each shape instead of captions" };
    private readonly Option<int> _images = new("--images")
    {
        Description = "Number of images", HelpName = "N", DefaultValueFactory = _ => Defaults.Images,
    };
    private readonly Option<int> _side = new("--side")
    {
        Description = "Width and height in pixels", HelpName = "N", DefaultValueFactory = _ => Defaults.Side,
    };
    private readonly Option<int> _captions = new("--captions")
    {
        Description = "Number of captions for each image", HelpName = "N", DefaultValueFactory = _ => Defaults.Captions,
    };
    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Seed of the random numbers: the same seed draws the same images", HelpName = "N",
        DefaultValueFactory = _ => Defaults.Seed,
    };

    public DataGenerateCommand() : base(
        "generate", "Draw a small data set of coloured shapes with captions or classes, for first steps and lessons",
        "captiontl data generate shapes",
        "captiontl data generate shape-classes --classes --images 500") =>
        Accept(_folder, _classes, _images, _side, _captions, _seed);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var folder = run.Get(_folder);
        var options = new ShapeDatasetOptions
        {
            Classes = run.Get(_classes),
            Images = run.Get(_images),
            Side = run.Get(_side),
            Captions = run.Get(_captions),
            Seed = run.Get(_seed),
        };
        using (var progress = run.Progress())
            ShapeDataset.Write(folder, options,
                new ImmediateProgress<int>(done => progress.Report("drawing", done, options.Images, "images")), run.CancellationToken);
        run.Output.Write(
            new { Folder = folder, options.Images, options.Classes, options.Seed },
            text => text.WriteLine($"{folder}: {Units.Count(options.Images, "image")}. To train on it: "
                + $"captiontl train --data {folder} --out runs/{Path.GetFileName(folder)}"));
        return Task.FromResult(ExitCode.Done);
    }
}
