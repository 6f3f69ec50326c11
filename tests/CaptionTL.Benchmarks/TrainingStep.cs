using System.Diagnostics;
using CaptionTL.Captions;
using CaptionTL.Text;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Benchmarks;

/// <summary>One step as the trainer takes it: gather, forward, backward, clip, AdamW, moving average.</summary>
internal static class TrainingStep
{
    /// <summary>Median over the repeats.</summary>
    public static double Seconds(Sizes sizes)
    {
        using var decoder = new CaptionDecoder(new CaptionHeadPlan { Hidden = sizes.Hidden }
            .ToOptions(sizes.Channels, sizes.Cells, sizes.Vocabulary));
        using var network = new TransferNetwork(decoder, "synthetic");
        var (phase, images) = (new TrainingPhase { CaptionsTogether = sizes.Captions }, new SyntheticImages(sizes, sizes.StepImages));
        var (random, times) = (new Random(2), new List<double>());
        var captions = Enumerable.Range(0, sizes.Warmup + sizes.Repeats).SelectMany(_ => images.WithCaptions(random)).ToList();
        var training = new CaptionTraining(network, captions,
            new CaptionEvaluator([], [], new CaptionSearch(decoder, new Vocabulary([])), new DecodingOptions()),
            new CaptionReward([], new Vocabulary([])), seed: 1);
        training.Begin(phase, new SplitEmbeddings(images, images));
        using var optimizer = new PhaseOptimizer(network, phase);
        using var average = new WeightAverage(network.Trained, 0.999);
        network.Train(true);
        for (var i = 0; i < sizes.Warmup + sizes.Repeats; i++)
        {
            var batch = Enumerable.Range(i * sizes.StepImages, sizes.StepImages).ToArray();
            var clock = Stopwatch.StartNew();
            optimizer.Step(training, batch, 0, random);
            average.Update(i + 1);
            if (i >= sizes.Warmup) times.Add(clock.Elapsed.TotalSeconds);
        }
        times.Sort();
        return times[times.Count / 2];
    }
}
