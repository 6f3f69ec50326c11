using System.Diagnostics;
using CaptionTL.Captions;
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
        new BeamSearch(decoder, Options(2)).Search(embeddings);
        var clock = Stopwatch.StartNew();
        new BeamSearch(decoder, Options(sizes.Steps)).Search(embeddings);
        return sizes.BeamImages / clock.Elapsed.TotalSeconds;

        DecodingOptions Options(int length) => new() { Beam = sizes.Beams, MinLength = length, MaxLength = length };
    }
}
