using System.Diagnostics;
using CaptionTL.Heads;
using CaptionTL.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Benchmarks;

/// <summary>One step as the trainer takes it: gather, forward, backward, clip, AdamW, moving average.</summary>
internal static class TrainingStep
{
    /// <summary>Median over the repeats.</summary>
    public static double Seconds(Sizes sizes)
    {
        using var decoder = new CaptionDecoder(new HeadPlan { Hidden = sizes.Hidden }.ToOptions(sizes.Channels, sizes.Cells, sizes.Vocabulary));
        using var optimizer = CaptionTrainer.Optimizer(decoder, new TrainingPhase());
        using var average = new WeightAverage(decoder, 0.999);
        var pictures = new SyntheticPictures(sizes, sizes.Pictures);
        var (random, times) = (new Random(2), new List<double>());
        decoder.train();
        for (var i = 0; i < sizes.Warmup + sizes.Repeats; i++)
        {
            var captions = pictures.WithCaptions(random);
            var clock = Stopwatch.StartNew();
            CaptionTrainer.Step(decoder, optimizer, captions, new int[captions.Count], pictures, new TrainingPhase(), random);
            average.Update(i + 1);
            if (i >= sizes.Warmup) times.Add(clock.Elapsed.TotalSeconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }
}
