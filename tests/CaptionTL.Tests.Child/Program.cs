using System.Globalization;
using CaptionTL.Embeddings;
using CaptionTL.Tests.Child;

// CACHE PICTURES VIEWS: embeds a folder of generated pictures, a shard every few milliseconds. It says "go" when it
// begins and "batch" after every batch; the tests kill it at any moment after that.
using var cache = EmbeddingCache.Open(args[0]);
var builder = new EmbeddingBuilder(cache, new PixelEncoder(), TestPictures.Prepare, new EmbeddingBuildOptions
{
    BatchSize = 4, FlushInterval = TimeSpan.FromMilliseconds(5), MaxShardBytes = 1 << 18,
});
Console.WriteLine("go");
var result = builder.Build(TestPictures.Items(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture), new Reporter());
Console.WriteLine($"encoded {result.Encoded} skipped {result.Skipped.Count}");
return 0;

internal sealed class Reporter : IProgress<EmbeddingProgress>
{
    public void Report(EmbeddingProgress value) => Console.WriteLine("batch");
}
