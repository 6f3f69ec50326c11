using CaptionTL.Backbones;
using CaptionTL.Classes;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;

namespace CaptionTL;

/// <summary>
/// Photo to class: bytes → pixels → embedding → scores → calibrated probabilities. Made from a model bundle and checked against the
/// bundle's canary when it is loaded. One caller at a time.
/// </summary>
public sealed class Classifier : IDisposable
{
    private readonly IClassHead _head;
    private readonly TemperatureScaling _temperature;

    private Classifier(BundleManifest manifest, CnnEncoder encoder, IClassHead head, IReadOnlyList<string> classes,
        Preprocessor preprocessor)
    {
        (Manifest, Encoder, _head, Classes, Preprocessor) = (manifest, encoder, head, classes, preprocessor);
        _temperature = new TemperatureScaling(manifest.Temperature ?? 1);
    }

    public BundleManifest Manifest { get; }

    /// <summary>Names, in the order of the probabilities.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The network under the head, for embedding whole data sets.</summary>
    public CnnEncoder Encoder { get; }

    public IClassHead Head => _head;

    public Preprocessor Preprocessor { get; }

    /// <param name="path">A bundle.</param>
    /// <param name="precision">Arithmetic of the encoder.</param>
    /// <param name="store">Where encoder weights are looked up that the bundle does not include.</param>
    /// <param name="limits">On images.</param>
    /// <exception cref="CaptionTLException">The bundle is broken, its encoder cannot be found, or its canary fails.</exception>
    public static Classifier Load(string path, Precision precision = Precision.Auto, WeightStore? store = null, ImageLimits? limits = null)
    {
        using var bundle = ModelBundle.Open(path);
        var manifest = bundle.Manifest;
        if (manifest.Task != "classify")
            throw new CaptionTLException($"{path} is a model for '{manifest.Task}', not for classes. Use it with "
                + "'captiontl caption'.");
        var classes = System.Text.Encoding.UTF8.GetString(bundle.Read(ModelBundle.LabelsEntry))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (classes.Length < 2)
            throw new CaptionTLException($"{path}: the list of labels has {classes.Length} entries; a classifier needs at least two.");
        var (encoder, preprocessor) = BundledEncoder.Load(bundle, precision, store, limits);
        try
        {
            return new Classifier(manifest, encoder, LoadHead(bundle, encoder, classes.Length), classes, preprocessor);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>The classes of one image.</summary>
    /// <param name="image">Bytes of a JPEG, PNG, WebP, GIF, BMP or TIFF file.</param>
    /// <exception cref="ImageException">The image cannot be read.</exception>
    public Classification Classify(ReadOnlyMemory<byte> image) => Classify([Preprocessor.Prepare(image)])[0];

    /// <summary>The classes of a batch of prepared images (see <see cref="Preprocessor"/>).</summary>
    public IReadOnlyList<Classification> Classify(IReadOnlyList<RgbImage> images)
    {
        if (images.Count == 0) return [];
        using var scope = torch.NewDisposeScope();
        var scores = _head.Scores(Encoder.Encode(images));
        return [.. _temperature.Probabilities(scores).Select(p => new Classification(Classes, p))];
    }

    public void Dispose()
    {
        Encoder.Dispose();
        _head.Dispose();
    }

    private static IClassHead LoadHead(ModelBundle bundle, CnnEncoder encoder, int classes)
    {
        using var file = bundle.ReadTensors(ModelBundle.HeadEntry);
        var path = $"{bundle.Path}!{ModelBundle.HeadEntry}";
        if (bundle.Manifest.Plan.Head is ClassicalHeadPlan classical)
        {
            var model = ClassicalHead.Load(file);
            if (!model.Classes.SequenceEqual(Enumerable.Range(0, classes))
                || model.Features != FeaturePooling.Size(classical.Pooling, encoder.Cells, encoder.Channels))
                throw new CaptionTLException($"{path} is a model of {model.Classes.Count} classes and {model.Features} features, which "
                    + $"does not fit the bundle's {classes} classes or its encoder. Copy the bundle again.");
            return new ClassicalClassHead(model, classical.Pooling);
        }
        if (bundle.Manifest.Plan.Head is not DenseHeadPlan plan)
            throw new CaptionTLException($"{bundle.Path}: its head is not a classifier. Copy the bundle again.");
        var head = ComputeDevice.Place(new DenseHead(plan, encoder.Channels, encoder.Cells, classes));
        try
        {
            StateDict.Load(head, file, path);
            head.eval();
            return head;
        }
        catch
        {
            head.Dispose();
            throw;
        }
    }
}

/// <summary>The classes of an image with their probabilities.</summary>
public sealed class Classification
{
    /// <param name="classes">Names.</param>
    /// <param name="probabilities">One for each class; they sum to 1.</param>
    public Classification(IReadOnlyList<string> classes, IReadOnlyList<double> probabilities) =>
        Ranked = [.. classes.Zip(probabilities, (name, p) => new ClassProbability(name, p)).OrderByDescending(c => c.Probability)];

    /// <summary>All classes, the most probable first.</summary>
    public IReadOnlyList<ClassProbability> Ranked { get; }

    public ClassProbability Best => Ranked[0];

    /// <summary>The most probable class, or null ("unknown") where its probability is below the threshold.</summary>
    /// <param name="threshold">0 to 1.</param>
    public string? Answer(double threshold) => Best.Probability >= threshold ? Best.Name : null;
}

/// <summary>A class and its probability.</summary>
/// <param name="Name">Name of the class.</param>
/// <param name="Probability">0 to 1, calibrated on the images that chose the model.</param>
public sealed record ClassProbability(string Name, double Probability);
