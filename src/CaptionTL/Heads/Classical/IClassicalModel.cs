using CaptionTL.Runtime.Onnx;

namespace CaptionTL.Heads.Classical;

/// <summary>A conventional classifier on features, fitted; thread-safe.</summary>
public interface IClassicalModel
{
    /// <summary>Features of a picture.</summary>
    int Features { get; }

    /// <summary>The labels that occurred in training, ascending; the scores of <see cref="Decide"/> are in this order.</summary>
    IReadOnlyList<int> Classes { get; }

    /// <summary>A score for every class, one array a row; the first of the largest is the answer. Their scale is the model's own.</summary>
    /// <exception cref="CaptionTLException">Another number of features than it was fitted on.</exception>
    double[][] Decide(FeatureMatrix features);

    /// <summary>The same scores in fp32 as ONNX nodes: features (n, <see cref="Features"/>) to (n, classes).</summary>
    internal OnnxValue Write(OnnxGraph graph, OnnxValue features);
}
