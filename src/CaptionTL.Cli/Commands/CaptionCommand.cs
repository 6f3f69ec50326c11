using CaptionTL.Cli.Output;
using System.CommandLine;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl caption PHOTO…: sentences for files, folders and patterns.</summary>
internal sealed class CaptionCommand : CliCommand
{
    private readonly PhotosArgument _photos = new();
    private readonly ChoiceOption<AnswerFormat> _format = AnswerWriter.Format("How captions are written");
    private readonly Option<bool> _attention = new("--attention") { Description = "With --json: where the network looked for each word" };
    private readonly ModelOption _model = new();
    private readonly DecodingSettings _decoding = new();
    private readonly ComputeSettings _compute = new();

    public CaptionCommand() : base(
        "caption", "Describe images in sentences",
        "captiontl caption photo.jpg",
        "captiontl caption holiday/ --format csv > captions.csv",
        "captiontl caption photo.jpg --n-best 3 --json",
        "captiontl caption *.png --model runs/flickr8k/model.captiontl") =>
        Accept([_photos, _format, _attention, _model, .. _decoding.Options, .. _compute.Options]);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var files = ImageFiles.Find(run.Get(_photos));
        var format = run.Output.Json ? AnswerFormat.Jsonl : _format.Of(run);
        using var captioner = Captioner.Load(_model.Resolve(run), _compute.Use(run));
        var options = _decoding.Resolve(run, captioner.Manifest.Decoding!);
        var writer = new CaptionWriter(run.Output.Text, format, single: files.Count == 1 && options.NBest == 1);
        writer.Begin();
        using var reading = new ImageBatches(run, files, captioner.Preprocessor);
        foreach (var (names, images) in reading.Read(writer.Problem))
        {
            var results = captioner.Describe(images, options, run.Get(_attention) && format == AnswerFormat.Jsonl);
            for (var i = 0; i < results.Count; i++) writer.Write(names[i], results[i]);
        }
        return Task.FromResult(reading.Failed > 0 ? ExitCode.WrongUse : ExitCode.Done);
    }
}
