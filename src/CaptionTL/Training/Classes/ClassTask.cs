using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Evaluation;
using CaptionTL.Heads;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Training.Plans;
using TorchSharp;

namespace CaptionTL.Training.Classes;

/// <summary>Pictures with a class each, and the head that learns to tell the classes.</summary>
internal sealed class ClassTask : LearningTask
{
    private const int WrongShown = 60;

    private readonly LabelledDataset _dataset;
    private readonly HeadPlan _head;
    private readonly RunFolder _run;
    private readonly IProgress<RunProgress>? _progress;
    private IReadOnlyList<LabelledItem> _train;
    private IReadOnlyList<LabelledItem> _dev;

    /// <exception cref="CaptionTLException">There is no such data set, or it has nothing to train on.</exception>
    public ClassTask(string data, HeadPlan head, long seed, RunFolder run, IProgress<RunProgress>? progress)
    {
        (_head, _run, _progress) = (head, run, progress);
        _dataset = LabelledDatasetReader.Open(data);
        var split = run.SplitOf(_dataset, () => DataSplit.Create(_dataset, dev: 0.2, test: 0, seed: (ulong)seed));
        (_train, _dev) = (split.Items(_dataset, Split.Train), split.Items(_dataset, Split.Dev));
    }

    public override IReadOnlyList<EmbeddingItem> Train => Items(_train);

    public override IReadOnlyList<EmbeddingItem> Dev => Items(_dev);

    public override BundleData Data => new(_dataset.Name, _train.Count, _dev.Count);

    public override void Keep(IReadOnlyList<int> train, IReadOnlyList<int> dev)
    {
        (_train, _dev) = ([.. train.Select(i => _train[i])], [.. dev.Select(i => _dev[i])]);
        for (var c = 0; c < _dataset.Classes.Count; c++)
            if (_train.All(i => i.Class != c)) throw new CaptionTLException($"{_dataset.Path}: the class '{_dataset.Classes[c]}' has no training pictures that can be read, so it cannot be learned. Add some, or take the class out.");
        AtomicFile.WriteAllText(_run.Labels, string.Concat(_dataset.Classes.Select(c => c + "\n")));
    }

    public override TrainedHead Learn(LearningContext context, CancellationToken cancellation)
    {
        var evaluator = new ClassEvaluator(_dataset.Classes, _dev);
        var labels = _train.Select(i => i.Class).ToArray();
        return _head switch
        {
            ClassicalHeadPlan plan => FitClassical(plan, context, labels, evaluator, cancellation),
            DenseHeadPlan plan => TrainDense(plan, context, labels, evaluator, cancellation),
            _ => throw new CaptionTLException($"A head of kind {_head.GetType().Name} tells no classes."),
        };
    }

    private TrainedHead FitClassical(ClassicalHeadPlan plan, LearningContext context, int[] labels, ClassEvaluator evaluator, CancellationToken cancellation)
    {
        var embeddings = context.Embeddings(context.Encoder.Cut, cancellation);
        var head = new ClassicalClassHead(ClassicalFit.Run(plan, embeddings.Train, labels, (ulong)context.Plan.Seed, _progress, cancellation), plan.Pooling);
        var result = evaluator.Evaluate(head, embeddings.Dev, cancellation: cancellation);
        using var file = new MemoryStream();
        head.Model.Write(file);
        return Trained(null, new TrainingState { Finished = true }, result, ModelBundle.HeadEntry, file.ToArray());
    }

    private TrainedHead TrainDense(DenseHeadPlan plan, LearningContext context, int[] labels, ClassEvaluator evaluator, CancellationToken cancellation)
    {
        torch.manual_seed(context.Plan.Seed);
        var head = new DenseHead(plan, context.Encoder.Channels, context.Encoder.Cells, _dataset.Classes.Count);
        var network = context.Network(head);
        try
        {
            var state = context.Train(new ClassLearner(network, labels, plan.ClassWeights, evaluator, context.Embeddings, context.Plan.Seed), cancellation);
            var last = context.Plan.Phases[^1];
            network.Begin(last);
            network.Train(false);
            var result = evaluator.Evaluate(head, context.Embeddings(network.CutOf(last), cancellation).Dev, network.Features, cancellation: cancellation);
            return Trained(network, state, result, ModelBundle.HeadEntry, TransferBundle.Tensors(head.state_dict()));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private TrainedHead Trained(TransferNetwork? network, TrainingState state, ClassEvaluator.Result result, string entry, byte[] head)
    {
        var scores = ClassEvaluator.Scores(result.Scores);
        new ClassificationReportHtml().Save(_run.Report, new ClassificationReport(Path.GetFileName(_run.Path), _dataset.Name, "dev", result.Scores, MostWrong.Of(result.Pictures, WrongShown)));
        var entries = new Dictionary<string, byte[]> { [entry] = head, [ModelBundle.LabelsEntry] = File.ReadAllBytes(_run.Labels) };
        return new TrainedHead(network, scores, state with { Scores = scores, BestScore = scores.Best }, entries, manifest => manifest with { Temperature = result.Temperature });
    }

    private static List<EmbeddingItem> Items(IReadOnlyList<LabelledItem> items) => [.. items.Select(i => new EmbeddingItem(i.Id, i.Source))];
}
