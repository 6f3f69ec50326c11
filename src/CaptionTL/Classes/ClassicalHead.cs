using CaptionTL.IO;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Classes;

/// <summary>
/// A conventional classifier as a bundle holds it: the standardisation of the features, the model, and the temperature that turns its
/// scores into probabilities. One safetensors file, which gives the same predictions after loading. Thread-safe.
/// </summary>
public sealed class ClassicalHead : IClassicalModel
{
    /// <param name="model">Fitted.</param>
    /// <param name="standardizer">Fitted on the same features; null where the model takes them as they are.</param>
    /// <param name="temperature">Fitted on validation images; null for 1.</param>
    public ClassicalHead(IClassicalModel model, FeatureStandardizer? standardizer = null, TemperatureScaling? temperature = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model is ClassicalHead) throw new ArgumentException("a head within a head", nameof(model));
        if (standardizer is not null && standardizer.Mean.Count != model.Features)
            throw new ArgumentException($"the standardisation is of {standardizer.Mean.Count} features, the model of {model.Features}",
                nameof(standardizer));
        (Model, Standardizer, Temperature) = (model, standardizer, temperature);
    }

    public IClassicalModel Model { get; }

    public FeatureStandardizer? Standardizer { get; }

    public TemperatureScaling? Temperature { get; }

    public int Features => Model.Features;

    public IReadOnlyList<int> Classes => Model.Classes;

    /// <summary>Standardises the features where the settings say so, and trains the model on all rows.</summary>
    /// <param name="settings">For instance <see cref="CrossValidationResult.Best"/>.</param>
    /// <param name="features">As the backbone gives them.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <param name="token">Stops training soon.</param>
    /// <exception cref="CaptionTLException">Fewer than two classes, labels that do not match the rows, or settings out of
    /// range.</exception>
    public static ClassicalHead Fit(ClassicalSettings settings, FeatureMatrix features, IReadOnlyList<int> labels,
        CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ClassicalInput.Check(features, labels);
        var standardizer = settings.Standardize ? FeatureStandardizer.Fit(features) : null;
        return new ClassicalHead(settings.Fit(standardizer?.Transform(features) ?? features, labels, token), standardizer);
    }

    /// <summary>
    /// The same head with the temperature that fits validation images best; images of classes it does not know are left out.
    /// </summary>
    /// <exception cref="CaptionTLException">Labels that do not match the rows, or no image of a known class.</exception>
    public ClassicalHead Calibrate(FeatureMatrix features, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        ClassicalInput.CheckCounts(features.Rows, labels.Count);
        int[] classes = [.. Classes];
        int[] known = [.. Enumerable.Range(0, labels.Count).Where(r => Array.BinarySearch(classes, labels[r]) >= 0)];
        return new ClassicalHead(Model, Standardizer,
            TemperatureScaling.Fit(this.Decide(features.Select(known)), [.. known.Select(r => Array.BinarySearch(classes, labels[r]))]));
    }

    T IClassicalModel.Decide<T>(IDecisionMath<T> math, T features)
    {
        if (Standardizer is not { } standardizer) return Model.Decide(math, features);
        var centred = math.Binary("Sub", features, math.Row(standardizer.Mean));
        return Model.Decide(math, math.Binary("Div", centred, math.Row(standardizer.Deviation)));
    }

    /// <summary>Probability of each class: the softmax of the scores at the fitted temperature.</summary>
    /// <exception cref="CaptionTLException">Another number of features than it was fitted on.</exception>
    public double[][] Probabilities(FeatureMatrix features) =>
        (Temperature ?? TemperatureScaling.None).Probabilities(this.Decide(features));

    /// <summary>Writes a file that appears whole or not at all.</summary>
    public void Save(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes safetensors with a JSON description (<see cref="ClassicalModelState"/>) in the metadata.</summary>
    public void Write(Stream stream) => ClassicalFile.Write(this, stream);

    /// <exception cref="CaptionTLException">No such file, or it does not hold a head that this version reads.</exception>
    public static ClassicalHead Load(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return Load(file);
    }

    /// <param name="file">For instance a bundle's entry; may be disposed afterwards.</param>
    /// <exception cref="CaptionTLException">It does not hold a head that this version reads.</exception>
    public static ClassicalHead Load(SafetensorsFile file) => ClassicalFile.Read(file);
}

/// <summary>A conventional model on pooled embeddings.</summary>
/// <param name="model">Fitted on features pooled in the same way, with one class for each label.</param>
/// <param name="pooling">How grids become features.</param>
public sealed class ClassicalClassHead(ClassicalHead model, Pooling pooling) : IClassHead
{
    public ClassicalHead Model => model;

    public double[][] Scores(Tensor embeddings) => model.Decide(Features(embeddings, pooling));

    OnnxValue IClassHead.Write(OnnxGraph graph, OnnxValue embeddings) =>
        ((IClassicalModel)model).Decide(new OnnxMath(graph), FeaturePooling.Write(graph, embeddings, pooling));

    /// <summary>Embeddings (N, P, C) to N rows of pooled features.</summary>
    public static FeatureMatrix Features(Tensor embeddings, Pooling pooling)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var pooled = FeaturePooling.Pool(embeddings.to(ScalarType.Float32), pooling);
        return new FeatureMatrix(pooled.data<float>().ToArray(), (int)pooled.shape[0], (int)pooled.shape[1]);
    }

    public void Dispose()
    {
        // holds no tensors
    }
}

/// <summary>Checks that all conventional models share.</summary>
internal static class ClassicalInput
{
    /// <summary>Labels as positions in the ascending list of labels that occur.</summary>
    /// <exception cref="CaptionTLException">No rows, not one label a row, a negative label, or fewer than two classes.</exception>
    public static (int[] Classes, int[] Positions) Check(FeatureMatrix features, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        CheckCounts(features.Rows, labels.Count);
        if (labels.Count == 0) throw new CaptionTLException("There are no images to train on.");
        var classes = labels.Distinct().Order().ToArray();
        if (classes[0] < 0) throw new CaptionTLException($"A label is {classes[0]}; labels are numbers of classes, from 0.");
        if (classes.Length < 2)
            throw new CaptionTLException($"All images are of class {classes[0]}; at least two classes are needed.");
        return (classes, [.. labels.Select(label => Array.BinarySearch(classes, label))]);
    }

    public static void CheckCounts(int images, int labels)
    {
        if (images != labels)
            throw new CaptionTLException($"There are {images} images and {labels} labels; each image needs exactly one label.");
    }

    public static void CheckColumns(FeatureMatrix features, int columns)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Columns != columns)
            throw new CaptionTLException($"The images have {features.Columns} features, the model was trained on {columns}. Embed "
                + "them with the backbone, cut and pooling that it was trained with.");
    }

    /// <summary>A value that must be above 0 and finite, for instance C.</summary>
    public static void CheckPositive(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new CaptionTLException(FormattableString.Invariant($"{name} is {value}; it must be a number above 0."));
    }

    /// <summary>Parameters that training found.</summary>
    public static void CheckFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            if (!double.IsFinite(value))
                throw new CaptionTLException(
                    "Training left the range of floating-point numbers: the features are too large. Standardise them.");
    }
}
