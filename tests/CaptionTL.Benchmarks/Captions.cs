using System.Diagnostics;
using CaptionTL.Captions;
using CaptionTL.Text;
using CaptionTL.Training.Plans;
using static TorchSharp.torch;

namespace CaptionTL.Benchmarks;

/// <summary>Beam search from embeddings that are there.</summary>
internal static class Captions
{
    /// <summary>A random decoder hardly ever ends a caption, so all are given the same length.</summary>
    public static double PerSecond(Sizes sizes)
    {
        using var scope = NewDisposeScope();
        using var decoder = new CaptionDecoder(new CaptionHeadPlan { Hidden = sizes.Hidden }
            .ToOptions(sizes.Channels, sizes.Cells, sizes.Vocabulary));
        decoder.eval();
        var embeddings = randn(sizes.BeamImages, sizes.Cells, sizes.Channels).relu_();
        var search = new CaptionSearch(decoder, new Vocabulary(Enumerable.Range(4, sizes.Vocabulary - 4).Select(i => $"w{i}")));
        search.Run(embeddings, Options(2));
        var clock = Stopwatch.StartNew();
        search.Run(embeddings, Options(sizes.Steps));
        return sizes.BeamImages / clock.Elapsed.TotalSeconds;

        DecodingOptions Options(int length) => new() { Beam = sizes.Beams, MinLength = length, MaxLength = length };
    }
}
