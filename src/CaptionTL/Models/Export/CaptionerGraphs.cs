using CaptionTL.Captions;
using CaptionTL.Runtime.Onnx;
using static TorchSharp.torch;

namespace CaptionTL.Models.Export;

/// <summary>
/// A captioner as three graphs: an image goes through the encoder and the decoder's start once, through the step for every word.
/// n images, P cells, C channels, H hidden units, K heads, V words. What each line computes stands in <see cref="CaptionDecoder"/> and
/// <see cref="Attention"/>; a test holds the two against each other.
/// </summary>
internal static class CaptionerGraphs
{
    /// <summary>Grid (n, P, C) to state (n, H) twice, gates (n, 4H) and, with attention, memory (n, K, P, 2H / K).</summary>
    public static OnnxGraph Start(CaptionDecoder decoder)
    {
        var (graph, shape, layers) = (new OnnxGraph("decoder-start"), decoder.Options, new Layers(decoder));
        var grid = graph.Input("grid", "from encoder.onnx", [shape.Cells, shape.Channels]);
        var cells = shape.Attention ? grid : graph.Reshape(graph.Reduce("ReduceMean", grid, 1), 1, shape.Channels);
        var normed = graph.Node("LayerNormalization",
            [layers.Linear(graph, "project", cells), layers.Constant(graph, "project_norm.weight"),
                layers.Constant(graph, "project_norm.bias")],
            [cells.Shape[0], shape.Hidden], ("axis", -1), ("epsilon", 1e-5));
        var projected = graph.Unary("Relu", normed);
        var values = shape.Attention ? layers.Linear(graph, "attention.value", projected) : projected;
        var mean = graph.Reduce("ReduceMean", values, 1);
        var first = graph.Nodes(
            "Split", [graph.Unary("Tanh", layers.Linear(graph, "initial", mean)), graph.Integers(shape.Hidden, shape.Hidden)],
            [[shape.Hidden], [shape.Hidden]], ("axis", 1));
        graph.Output(first[0], "hidden", "state before the first word");
        graph.Output(first[1], "cell", "state before the first word");
        graph.Output(layers.Linear(graph, "picture_gates", mean), "gates", "what the image adds to the gates at every word");
        if (shape.Attention)
        {
            var keys = graph.Binary("Add", layers.Linear(graph, "attention.key", projected), layers.Constant(graph, "attention.position"));
            var (heads, width) = (shape.Heads, shape.Hidden / shape.Heads);
            graph.Output(graph.Node("Concat", [ByHeads(keys), ByHeads(values)], [heads, shape.Cells, 2 * width], ("axis", 3)),
                "memory", "keys and values of the cells, by heads");

            OnnxValue ByHeads(OnnxValue x) =>
                graph.Node("Transpose", [graph.Reshape(x, shape.Cells, heads, width)],
                    [heads, shape.Cells, width], ("perm", new long[] { 0, 2, 1, 3 }));
        }
        return graph;
    }

    /// <summary>
    /// Word (n), state, gates and memory to log probabilities (n, V), the next state and, with attention, weights of the cells (n, P).
    /// </summary>
    public static OnnxGraph Step(CaptionDecoder decoder)
    {
        var (graph, shape, layers) = (new OnnxGraph("decoder-step"), decoder.Options, new Layers(decoder));
        int hidden = shape.Hidden, heads = shape.Heads, width = hidden / heads;
        var word = graph.Input("word", "the word before, as its line in vocab.txt counted from 0", [], "int64");
        var before = graph.Input("hidden", "from decoder-start.onnx, then from the step before", [hidden]);
        var cell = graph.Input("cell", "from decoder-start.onnx, then from the step before", [hidden]);
        var image = graph.Input("gates", "from decoder-start.onnx, the same at every step", [4 * hidden]);

        var vector = graph.Binary(
            "Mul", graph.Node("Gather", [layers.Constant(graph, "embedding.weight"), word], [hidden]), graph.Number(Math.Sqrt(hidden)));
        var added = graph.Binary("Add", layers.Linear(graph, "word_gates", vector), image);
        var gates = graph.Binary("Add", layers.Linear(graph, "recurrent_gates", before), added);
        var parts = graph.Nodes(
            "Split", [gates, graph.Integers(hidden, hidden, hidden, hidden)], [[hidden], [hidden], [hidden], [hidden]], ("axis", 1));
        var kept = graph.Binary("Mul", graph.Unary("Sigmoid", parts[1]), cell);
        var nextCell = graph.Binary("Add", kept, graph.Binary("Mul", graph.Unary("Sigmoid", parts[0]), graph.Unary("Tanh", parts[2])));
        var nextHidden = graph.Binary("Mul", graph.Unary("Sigmoid", parts[3]), graph.Unary("Tanh", nextCell));

        var (seen, attention) = (nextHidden, (OnnxValue?)null);
        if (shape.Attention)
        {
            var memory = graph.Input("memory", "from decoder-start.onnx, the same at every step", [heads, shape.Cells, 2 * width]);
            var keysAndValues = graph.Nodes(
                "Split", [memory, graph.Integers(width, width)], [[heads, shape.Cells, width], [heads, shape.Cells, width]], ("axis", 3));
            var keys = graph.Node("Transpose", [keysAndValues[0]], [heads, width, shape.Cells], ("perm", new long[] { 0, 1, 3, 2 }));
            var query = graph.Reshape(layers.Linear(graph, "attention.query", nextHidden), heads, 1, width);
            var scores = graph.Binary(
                "Mul", graph.Node("MatMul", [query, keys], [heads, 1, shape.Cells]), graph.Number(1 / Math.Sqrt(width)));
            var weights = graph.Unary("Softmax", scores, ("axis", 3));
            var context = graph.Reshape(graph.Node("MatMul", [weights, keysAndValues[1]], [heads, 1, width]), hidden);
            seen = graph.Node("Concat", [nextHidden, context], [2 * hidden], ("axis", 1));
            attention = graph.Reshape(graph.Reduce("ReduceMean", weights, 1), shape.Cells);
        }
        var features = graph.Unary("Tanh", layers.Linear(graph, "combine", seen));
        var words = graph.Linear(features, layers.Values("embedding.weight"), layers.Values("output_bias"), hidden, shape.VocabularySize);
        graph.Output(graph.Unary("LogSoftmax", words, ("axis", 1)), "log_probabilities", "of every word of vocab.txt");
        graph.Output(nextHidden, "next_hidden", "state for the next step");
        graph.Output(nextCell, "next_cell", "state for the next step");
        if (attention is not null) graph.Output(attention, "attention", "how much each cell was looked at; each row sums to one");
        return graph;
    }

    /// <summary>A decoder's weights by their names in its state dict.</summary>
    private sealed class Layers(CaptionDecoder decoder)
    {
        private readonly Dictionary<string, Tensor> _weights = decoder.state_dict();

        public float[] Values(string name) => OnnxWeights.Of(_weights[name]);

        public OnnxValue Constant(OnnxGraph graph, string name) => graph.Constant(Values(name), _weights[name].shape);

        public OnnxValue Linear(OnnxGraph graph, string name, OnnxValue x)
        {
            var size = _weights[name + ".weight"].shape;
            var bias = _weights.ContainsKey(name + ".bias") ? Values(name + ".bias") : null;
            return graph.Linear(x, Values(name + ".weight"), bias, (int)size[1], (int)size[0]);
        }
    }
}
