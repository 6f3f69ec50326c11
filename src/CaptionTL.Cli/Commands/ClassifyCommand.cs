using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.Models;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl classify PHOTO…: classes for files, folders and patterns.</summary>
internal sealed class ClassifyCommand : CliCommand
{
    private readonly PhotosArgument _photos = new();
    private readonly Option<string> _model = new("--model")
    {
        Description = "Model bundle: a path, or the name of an installed model",
        HelpName = "BUNDLE", CompletionSources = { KnownNames.Bundles }, Required = true,
    };
    private readonly ChoiceOption<AnswerFormat> _format = AnswerWriter.Format("How classes are written");
    private readonly Option<int> _top = new("--top")
    {
        Description = "Number of classes for each image, most probable first", HelpName = "N", DefaultValueFactory = _ => 1,
    };
    private readonly Option<double> _threshold = new("--threshold")
    {
        Description = "Minimum probability of an answer; below it the answer is 'unknown'", HelpName = "P", DefaultValueFactory = _ => 0,
    };
    private readonly ComputeSettings _compute = new();

    public ClassifyCommand() : base(
        "classify", "Sort images into the classes that a model has learned",
        "captiontl classify photo.jpg --model runs/bees/model.captiontl",
        "captiontl classify garden/ --model bees --threshold 0.8 --format csv > answers.csv",
        "captiontl classify *.jpg --model bees --top 3 --json") =>
        Accept([_photos, _model, _format, _top, _threshold, .. _compute.Options]);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var (top, threshold) = (run.Get(_top), run.Get(_threshold));
        if (top < 1) throw new CaptionTLException($"--top is {top}; it must be at least 1.");
        if (threshold is not (>= 0 and <= 1))
            throw new CaptionTLException($"--threshold is {threshold}; it must be a probability from 0 to 1.");
        var files = ImageFiles.Find(run.Get(_photos));
        using var classifier = Classifier.Load(InstalledModels.Find(run.Get(_model)), _compute.Use(run));
        var format = run.Output.Json ? AnswerFormat.Jsonl : _format.Of(run);
        var writer = new ClassWriter(run.Output.Text, format, top, threshold, single: files.Count == 1);
        writer.Begin();
        using var reading = new ImageBatches(run, files, classifier.Preprocessor);
        foreach (var (names, images) in reading.Read(writer.Problem))
        {
            var results = classifier.Classify(images);
            for (var i = 0; i < results.Count; i++) writer.Write(names[i], results[i]);
        }
        return Task.FromResult(reading.Failed > 0 ? ExitCode.WrongUse : ExitCode.Done);
    }
}
