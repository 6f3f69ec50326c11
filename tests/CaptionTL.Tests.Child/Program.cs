using System.Globalization;
using CaptionTL.Embeddings;
using CaptionTL.Tests.Child;
using CaptionTL.Training;

// A process of its own for tests. "embed" and "train" say "go", then "batch" after every batch or step, so as to be killed at any moment.
return args[0] switch
{
    "embed" => Embed(args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture)),
    "train" => Train(args[1], int.Parse(args[2], CultureInfo.InvariantCulture), args.Contains("selfCritical")),
    "convolutions" => Convolutions.Check(),
    "environment" => NativeEnvironment.Print(),
    _ => 2,
};

// Embeds a folder of generated images, a shard every few milliseconds.
static int Embed(string folder, string images, int views)
{
    using var cache = EmbeddingCache.Open(folder);
    var builder = new EmbeddingBuilder(cache, new PixelEncoder(), RawImages.Open, new EmbeddingBuildOptions
    {
        BatchSize = 4, FlushInterval = TimeSpan.FromMilliseconds(5), MaxShardBytes = 1 << 18,
    });
    Console.WriteLine("go");
    var result = builder.Build(RawImages.Items(images), views, new Reporter<EmbeddingProgress>());
    Console.WriteLine($"encoded {result.Encoded} skipped {result.Skipped.Count}");
    return 0;
}

// Trains the toy captioner, with a checkpoint after every epoch of some steps.
static int Train(string folder, int epochs, bool selfCritical)
{
    var (toy, plan) = (new ToyCaptions(), selfCritical ? ToyCaptions.SelfCriticalPlan(epochs) : ToyCaptions.Plan(epochs));
    using var decoder = toy.Decoder(plan);
    Console.WriteLine("go");
    var state = new Trainer(plan, toy.Training(plan, decoder), toy, new RunFolder(folder)).Train(new Reporter<TrainingProgress>());
    Console.WriteLine($"finished {state.Finished}");
    return 0;
}

internal sealed class Reporter<T> : IProgress<T>
{
    public void Report(T value) => Console.WriteLine("batch");
}
