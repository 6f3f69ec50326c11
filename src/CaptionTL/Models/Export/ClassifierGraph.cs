using CaptionTL.Backbones;
using CaptionTL.Runtime.Onnx;

namespace CaptionTL.Models.Export;

/// <summary>A classifier as one graph: pixels → grid → head → softmax at the calibrated temperature.</summary>
internal static class ClassifierGraph
{
    public static OnnxGraph Make(Classifier classifier)
    {
        var graph = new OnnxGraph(classifier.Manifest.Name);
        var scores = classifier.Head.Write(graph, Grid(graph, classifier.Encoder));
        var temperature = classifier.Manifest.Temperature ?? 1;
        if (temperature != 1) scores = graph.Binary("Div", scores, graph.Number(temperature));
        graph.Output(graph.Unary("Softmax", scores, ("axis", 1)), "probabilities",
            "of the classes, in the order of labels.txt; each row sums to one");
        return graph;
    }

    /// <summary>An input of normalised pixels (n, 3, H, W), and the embeddings (n, P, C) that the encoder makes of them.</summary>
    public static OnnxValue Grid(OnnxGraph graph, CnnEncoder encoder) =>
        FrozenGraphs.Embeddings(graph, encoder.Backbone, encoder.Cut, encoder.Preprocessing);
}
