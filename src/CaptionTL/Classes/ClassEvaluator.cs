using System.Text.Json;
using System.Text.Json.Serialization;
using CaptionTL.Datasets;
using CaptionTL.IO;
using CaptionTL.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Classes;

/// <summary>Classifies every image of a split and scores the answers.</summary>
/// <param name="classes">Names.</param>
/// <param name="items">The split's images, in the order of their embeddings.</param>
public sealed class ClassEvaluator(IReadOnlyList<string> classes, IReadOnlyList<LabelledItem> items)
{
    private const int ImagesAtOnce = 64;
    private const int SamplesKept = 20;

    /// <summary>Scores and answers.</summary>
    /// <param name="Scores">At the temperature.</param>
    /// <param name="Images">Answers.</param>
    /// <param name="Temperature">The one given, or the one that fits these images best.</param>
    public sealed record Result(ClassificationScores Scores, IReadOnlyList<ClassifiedImage> Images, double Temperature)
    {
        /// <summary>For a page with scores and images.</summary>
        public ClassificationReport Report(string model, string data, string split) => new(model, data, split, Scores, Images);

        /// <summary>Answers to the same images each time, for the run folder: the first of every class, classes in turn.</summary>
        internal object Samples => Images.GroupBy(p => p.Truth).SelectMany(c => c.Index()).OrderBy(p => p.Index)
            .ThenBy(p => p.Item.Truth).Take(SamplesKept).Select(p => p.Item)
            .Select(p => new
            {
                p.Id, Truth = Scores.Classes[p.Truth].Name, Predicted = Scores.Classes[p.Predicted].Name,
                Probability = p.Probabilities[p.Predicted],
            });
    }

    /// <param name="head">In inference mode.</param>
    /// <param name="images">The split's embeddings; view 0 is classified.</param>
    /// <param name="features">Applied to embeddings (N, P, C) before the head reads them; null for none.</param>
    /// <param name="temperature">The model's; when null the one that fits these images best, which makes their log loss a little too
    /// good.</param>
    /// <param name="progress">Called with the images done and their total.</param>
    /// <param name="cancellation">Checked between batches.</param>
    public Result Evaluate(IClassHead head, IImageEmbeddings images, Func<Tensor, Tensor>? features = null, double? temperature = null,
        Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        var scores = new List<double[]>(items.Count);
        foreach (var batch in Enumerable.Range(0, items.Count).Chunk(ImagesAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var inputs = EmbeddingBatch.Gather(images, [.. batch.Select(i => (i, 0))]);
            scores.AddRange(head.Scores(features is null ? inputs : features(inputs)));
            progress?.Invoke(scores.Count, items.Count);
        }
        var scaling = temperature is { } t ? new TemperatureScaling(t) : TemperatureScaling.Fit(scores, [.. items.Select(i => i.Class)]);
        var answers = items.Zip(scaling.Probabilities(scores), (item, p) =>
            new ClassifiedImage(item.Id, item.Source, item.Class, [.. p.Select(v => (float)v)])).ToList();
        return new Result(ClassificationMetrics.Compute(classes, answers), answers, scaling.Temperature);
    }

    /// <summary>By the names they have in files.</summary>
    public static RunScores Scores(ClassificationScores scores) => new("accuracy", new Dictionary<string, double>
    {
        ["accuracy"] = scores.Accuracy, ["balancedAccuracy"] = scores.BalancedAccuracy, ["macroF1"] = scores.MacroF1,
    });
}

/// <summary>A finished run's answers to its dev images, as in answers.json beside the report.</summary>
/// <param name="Classes">Names; <see cref="Answer.Truth"/> and <see cref="Answer.Predicted"/> are indices of these.</param>
/// <param name="Images">In the order of the data set.</param>
public sealed record RunAnswers(
    IReadOnlyList<string> Classes, [property: JsonPropertyName("pictures")] IReadOnlyList<RunAnswers.Answer> Images)
{
    /// <param name="Id">The image's name in the data set.</param>
    /// <param name="Truth">Its class.</param>
    /// <param name="Predicted">The most probable class.</param>
    /// <param name="Probability">That class's, 0 to 1.</param>
    public sealed record Answer(string Id, int Truth, int Predicted, double Probability);

    public static RunAnswers Of(ClassEvaluator.Result result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new RunAnswers([.. result.Scores.Classes.Select(c => c.Name)],
            [.. result.Images.Select(p => new Answer(p.Id, p.Truth, p.Predicted, Math.Round(p.Probabilities[p.Predicted], 6)))]);
    }

    /// <summary>How often a class (row) was taken for a class (column).</summary>
    public int[][] Counts()
    {
        var counts = Classes.Select(_ => new int[Classes.Count]).ToArray();
        foreach (var p in Images) counts[p.Truth][p.Predicted]++;
        return counts;
    }

    public void Save(string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, Json.Compact));

    /// <exception cref="CaptionTLException">The file is damaged.</exception>
    public static RunAnswers Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunAnswers>(File.ReadAllText(path), Json.Lenient) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new CaptionTLException($"{path}: cannot be read ({e.Message}). Train again to write it again.");
        }
    }
}
