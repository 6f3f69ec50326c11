using System.CommandLine;
using CaptionTL.Cli.Output;
using CaptionTL.IO;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl caption PHOTO…: sentences for files, folders and patterns.</summary>
internal sealed class CaptionCommand : CliCommand
{
    private readonly Argument<string[]> _photos = new("PHOTO") { Description = "Images, folders of images, patterns such as "
        + "'trip/**/*.jpg'", Arity = ArgumentArity.OneOrMore };
    private readonly Option<CaptionFormat> _format = new("--format") { Description = "How captions are written", DefaultValueFactory = _ =>
        CaptionFormat.Text };
    private readonly Option<bool> _attention = new("--attention") { Description = "With --json: where the network looked for every word" };
    private readonly ModelOption _model = new();
    private readonly DecodingSettings _decoding = new();
    private readonly ComputeSettings _compute = new();

    public CaptionCommand() : base(
        "caption", "Describe images in sentences",
        "captiontl caption photo.jpg",
        "captiontl caption holiday/ --format csv > captions.csv",
        "captiontl caption photo.jpg --n-best 3 --json",
        "captiontl caption *.png --model runs/flickr8k/model.captiontl")
    {
        Add(_photos);
        Add(_format);
        Add(_attention);
        Add(_model);
        _decoding.AddTo(this);
        _compute.AddTo(this);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var files = ImageFiles.Find(run.Get(_photos));
        var format = run.Output.Json ? CaptionFormat.Jsonl : run.Get(_format);
        using var captioner = Captioner.Load(_model.Resolve(run), _compute.Use(run));
        var options = _decoding.Resolve(run, captioner.Manifest.Decoding!);
        var writer = new CaptionWriter(run.Output.Text, format, single: files.Count == 1 && options.NBest == 1);
        writer.Begin();
        using var reading = new ImageBatches(run, files, captioner.Preprocessor);
        foreach (var (names, images) in reading.Read(writer.Problem))
        {
            var results = captioner.Describe(images, options, run.Get(_attention) && format == CaptionFormat.Jsonl);
            for (var i = 0; i < results.Count; i++) writer.Write(names[i], results[i]);
        }
        return Task.FromResult(reading.Failed > 0 ? ExitCode.WrongUse : ExitCode.Done);
    }
}

/// <summary>How captions are written.</summary>
internal enum CaptionFormat
{
    /// <summary>A sentence; with several images the file's name and a tab before it.</summary>
    Text,

    /// <summary>One JSON object an image and line.</summary>
    Jsonl,

    /// <summary>A table with a head: file, rank, caption, confidence.</summary>
    Csv,
}
