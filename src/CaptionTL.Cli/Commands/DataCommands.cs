using System.Globalization;
using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Datasets.Shapes;
using CaptionTL.Embeddings;
using CaptionTL.Service;
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

/// <summary>--data DIR, for the commands about the service.</summary>
internal sealed class DataFolderOption : Option<string?>
{
    public DataFolderOption() : base("--data")
    {
        Description = "Folder of everything the service keeps [default: service in CAPTIONTL_HOME or the user's cache folder]";
        HelpName = "DIR";
    }

    public ServiceOptions Resolve(CommandRun run)
    {
        var options = new ServiceOptions();
        if (run.Get(this) is { } folder) options.Data = folder;
        options.Data = options.In();
        return options;
    }
}

/// <summary>captiontl data check PATH: what a data set is, what is in it, and what is wrong with it.</summary>
internal sealed class DataCheckCommand : CliCommand
{
    private readonly Argument<string> _path = new("PATH") { Description = "A folder, a zip archive, or one caption or label file beside "
        + "its images" };
    private readonly Option<string?> _as = new("--as") { Description = "What is meant where the images have both; captions unless said",
        HelpName = "captions|classes", CompletionSources = { "captions", "classes" } };
    private readonly Option<bool> _decode = new("--decode") { Description = "Decode every image to the last pixel, which finds "
        + "those cut off" };
    private readonly NearDuplicateSettings _near = new();

    public DataCheckCommand() : base(
        "check", "Say what a data set is, what can be used of it, and what is wrong with the rest\n" +
        "Captions: Flickr8k/30k's own layout, COCO captions JSON, Karpathy JSON, metadata.jsonl (file_name, text), CSV.\n" +
        "Classes: a folder for each, also below train, val and test; JSON lines (file_name, label); CSV (file, label).",
        "captiontl data check flickr8k", "captiontl data check images.zip --decode", "captiontl data check ants-and-bees --json",
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

/// <summary>captiontl data generate FOLDER: a small data set of drawn shapes, for first steps and lessons.</summary>
internal sealed class DataGenerateCommand : CliCommand
{
    private static readonly ShapeDatasetOptions Usual = new();

    private readonly Argument<string> _folder = new("FOLDER") { Description = "Where it is written; must be empty or missing" };
    private readonly Option<bool> _classes = new("--classes") { Description = "A folder for each shape instead of captions" };
    private readonly Option<int> _images = new("--images") { Description = "How many", DefaultValueFactory = _ => Usual.Images };
    private readonly Option<int> _side = new("--side") { Description = "Width and height in pixels", DefaultValueFactory = _ =>
        Usual.Side };
    private readonly Option<int> _captions = new("--captions") { Description = "Sentences for each image", DefaultValueFactory = _ =>
        Usual.Captions };
    private readonly Option<ulong> _seed = new("--seed") { Description = "The same seed draws the same images",
        DefaultValueFactory = _ => Usual.Seed };

    public DataGenerateCommand() : base(
        "generate", "Draw a small data set of coloured shapes with captions or classes, for first steps and lessons",
        "captiontl data generate shapes", "captiontl data generate shape-classes --classes --images 500")
    {
        Add(_folder);
        foreach (Option option in (Option[])[_classes, _images, _side, _captions, _seed]) Add(option);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var (folder, options) = (run.Get(_folder), new ShapeDatasetOptions { Classes = run.Get(_classes), Images = run.Get(_images),
            Side = run.Get(_side), Captions = run.Get(_captions), Seed = run.Get(_seed) });
        using (var progress = run.Progress())
            ShapeDataset.Write(folder, options,
                new ImmediateProgress<int>(done => progress.Report("drawing", done, options.Images, "images")), run.CancellationToken);
        run.Output.Write(new { Folder = folder, options.Images, options.Classes, options.Seed }, text =>
            text.WriteLine($"{folder}: {options.Images} images. Train on it: captiontl train --data {folder} --out "
            + $"runs/{Path.GetFileName(folder)}"));
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>The options of a search for images that are nearly the same, and the search.</summary>
internal sealed class NearDuplicateSettings
{
    private readonly Option<bool> _near = new("--near-duplicates") { Description = "Also find images that a pretrained network takes "
        + "for nearly the same: mirrored, cropped, compressed again" };
    private readonly Option<double?> _similarity =
        new("--similarity") { Description = string.Create(CultureInfo.InvariantCulture, $"Cosine similarity from which on two images "
            + $"are nearly the "
        + $"same [default: {NearDuplicateFinder.DefaultThreshold}]") };
    private readonly Option<string?> _backbone = new("--backbone") { Description = $"Pretrained weights that compare them [default: "
        + $"{NearDuplicates.DefaultBackbone}]", HelpName = "WEIGHTS", CompletionSources = { KnownNames.Weights } };
    private readonly CacheFolderOption _cache = new();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_near, _similarity, _backbone, _cache]) command.Add(option);
    }

    /// <exception cref="CaptionTLException">A value is out of range, or meant for a search that was not asked for.</exception>
    public void Check(CommandRun run)
    {
        var similarity = run.Get(_similarity);
        if (similarity is not (null or (> 0 and <= 1)))
            throw new CaptionTLException(FormattableString.Invariant($"--similarity is {similarity}; it must be above 0 and at most 1."));
        if (!run.Get(_near) && (similarity is not null || run.Get(_backbone) is not null || run.Get(_cache) is not null))
            throw new CaptionTLException("--similarity, --backbone and --cache are for --near-duplicates; add it.");
        if (run.Get(_backbone) is { } backbone) BackboneRegistry.FindWeights(backbone);
    }

    /// <returns>Null where it was not asked for.</returns>
    public NearDuplicateReport? Find(CommandRun run, Dataset dataset, ProgressView progress)
    {
        if (!run.Get(_near)) return null;
        var threshold = run.Get(_similarity) ?? NearDuplicateFinder.DefaultThreshold;
        using var cache = _cache.Open(run);
        return NearDuplicates.Find(dataset, cache, threshold, run.Get(_backbone), progress: new RunProgressForwarder(progress),
            cancellation: run.CancellationToken);
    }
}
