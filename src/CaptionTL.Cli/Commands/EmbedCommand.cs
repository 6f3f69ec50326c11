using System.CommandLine;
using CaptionTL.Backbones;
using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl embed: fills the embedding cache ahead of training.</summary>
internal sealed class EmbedCommand : CliCommand
{
    private static readonly TransferPlan Default = PlanPresets.Caption;

    private readonly DatasetOption _data = new();
    private readonly BackboneOption _backbone = new($"Pretrained weights [default: {Default.Backbone}]");
    private readonly Option<string?> _cut = new("--cut")
    {
        Description = "Last block to compute [default: the last block of the network]", HelpName = "BLOCK",
    };
    private readonly Option<int> _views = new("--views")
    {
        Description = "Number of augmented versions of each image; 1 is the image itself alone", HelpName = "N",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<int?> _size = new("--size")
    {
        Description = "Width and height of the images in pixels [default: the backbone's]", HelpName = "N",
    };
    private readonly CacheFolderOption _cache = new();
    private readonly ComputeSettings _compute = new();

    public EmbedCommand() : base(
        "embed", "Compute the embeddings of a data set's images and store them in the cache; after Ctrl-C, what is done is kept",
        "captiontl embed --data Flickr8k",
        "captiontl embed --data photos.zip --backbone resnet50 --views 4") =>
        Accept([_data, _backbone, _cut, _views, _size, _cache, .. _compute.Options]);

    protected override Task<int> RunAsync(CommandRun run)
    {
        var plan = Default with
        {
            Backbone = run.Get(_backbone) ?? Default.Backbone,
            Layer = run.Get(_cut),
            Views = run.Get(_views),
            InputSize = run.Get(_size),
        };
        plan = plan.Validated();
        var dataset = DatasetReader.Open(run.Get(_data)!);
        using var cache = _cache.Open(run);
        using var progress = run.Progress();
        var view = new RunProgressForwarder(progress);
        using var encoder = PlannedBackbone.Find(plan, new WeightStore(), _compute.Use(run), view, run.CancellationToken)
            .Encoder(plan.Layer);
        using var embedded = new ImageEmbedder(cache, encoder, new Preprocessor(encoder.Preprocessing))
            .Embed(EmbeddingItem.Of(dataset.Images), plan.Views, "embedding", view, run.CancellationToken);
        progress.Dispose();
        var built = embedded.Built;
        run.Output.Write(
            new
            {
                Images = embedded.Kept.Count, plan.Views, Computed = built.Encoded, Skipped = built.Skipped.Count,
                encoder.Cells, encoder.Channels, Seconds = Math.Round(built.Elapsed.TotalSeconds, 2),
                EncoderSeconds = Math.Round(built.EncoderTime.TotalSeconds, 2), Cache = cache.Folder,
            },
            text => text.WriteLine($"{Units.Count(embedded.Kept.Count, "image")}, {Units.Count(plan.Views, "view")}, {encoder.Cells} × "
                + $"{encoder.Channels} numbers each: {built.Encoded} computed in {Units.Duration(built.Elapsed)} (of which the encoder "
                + $"took {Units.Duration(built.EncoderTime)}), the rest was already in {cache.Folder}"));
        return Task.FromResult(ExitCode.Done);
    }
}
