using CaptionTL.IO;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Weights;

namespace CaptionTL.Heads.Classical;

/// <summary>
/// What a bundle keeps of a conventional classifier: the features' standardisation, the model, and the temperature that turns its scores
/// into probabilities. One safetensors file; the same answers before and after. Thread-safe.
/// </summary>
public sealed class ClassicalHead : IClassicalModel
{
    /// <param name="model">Fitted.</param>
    /// <param name="standardizer">Fitted on the same features; null where the model takes them as they are.</param>
    /// <param name="temperature">Fitted on validation pictures; null for 1.</param>
    public ClassicalHead(IClassicalModel model, FeatureStandardizer? standardizer = null, TemperatureScaling? temperature = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model is ClassicalHead) throw new ArgumentException("a head within a head", nameof(model));
        if (standardizer is not null && standardizer.Mean.Count != model.Features) throw new ArgumentException($"the standardisation is of {standardizer.Mean.Count} features, the model of {model.Features}", nameof(standardizer));
        (Model, Standardizer, Temperature) = (model, standardizer, temperature);
    }

    public IClassicalModel Model { get; }

    public FeatureStandardizer? Standardizer { get; }

    public TemperatureScaling? Temperature { get; }

    public int Features => Model.Features;

    public IReadOnlyList<int> Classes => Model.Classes;

    /// <summary>Standardises if asked to, and trains the model on all rows.</summary>
    /// <param name="settings">For instance <see cref="CrossValidationResult.Best"/>.</param>
    /// <param name="features">As the backbone gives them.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <param name="token">Stops soon.</param>
    /// <exception cref="CaptionTLException">Fewer than two classes, labels that do not match the rows, or settings out of range.</exception>
    public static ClassicalHead Fit(ClassicalSettings settings, FeatureMatrix features, IReadOnlyList<int> labels, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ClassicalInput.Check(features, labels);
        var standardizer = settings.Standardize ? FeatureStandardizer.Fit(features) : null;
        return new ClassicalHead(settings.Fit(standardizer?.Transform(features) ?? features, labels, token), standardizer);
    }

    /// <summary>The same head with the temperature that fits validation pictures best; pictures of classes it does not know are left out.</summary>
    /// <exception cref="CaptionTLException">Labels that do not match the rows, or no picture of a known class.</exception>
    public ClassicalHead Calibrate(FeatureMatrix features, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        if (features.Rows != labels.Count) throw new CaptionTLException($"there are {features.Rows} pictures and {labels.Count} labels: one label a picture is needed");
        int[] classes = [.. Classes];
        int[] known = [.. Enumerable.Range(0, labels.Count).Where(r => Array.BinarySearch(classes, labels[r]) >= 0)];
        return new ClassicalHead(Model, Standardizer, TemperatureScaling.Fit(Decide(features.Select(known)), [.. known.Select(r => Array.BinarySearch(classes, labels[r]))]));
    }

    /// <summary>The model's scores; not calibrated.</summary>
    /// <inheritdoc/>
    public double[][] Decide(FeatureMatrix features)
    {
        ClassicalInput.CheckColumns(features, Features);
        return Model.Decide(Standardizer?.Transform(features) ?? features);
    }

    OnnxValue IClassicalModel.Write(OnnxGraph graph, OnnxValue features)
    {
        if (Standardizer is not { } standardizer) return Model.Write(graph, features);
        var centred = graph.Binary("Sub", features, OnnxWeights.Row(graph, standardizer.Mean));
        return Model.Write(graph, graph.Binary("Mul", centred, OnnxWeights.Row(graph, [.. standardizer.Deviation.Select(d => 1 / d)])));
    }

    /// <summary>Probability of each class: the softmax of the scores at the fitted temperature.</summary>
    /// <inheritdoc cref="Decide"/>
    public double[][] Probabilities(FeatureMatrix features) => (Temperature ?? TemperatureScaling.None).Probabilities(Decide(features));

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
