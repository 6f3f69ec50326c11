using System.Buffers;
using CaptionTL.Backbones.Nodes;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Runtime.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// What of a backbone no training changes, ready to run: from prepared images to the embeddings of a cut, and from these to class scores.
/// </summary>
internal interface IFrozenNetwork : IDisposable
{
    /// <summary>Embeddings (N, cells, channels), fp32, on the device in use.</summary>
    Tensor Encode(IReadOnlyList<RgbImage> images);

    /// <summary>Class scores (N, classes), fp32, of the whole network, from embeddings of the cut.</summary>
    Tensor Scores(Tensor embeddings);
}

/// <summary>
/// On the processor: ONNX graphs made from the network's description, one from pixels to the cut and one from there to the class scores,
/// run by ONNX Runtime in fp32. Each is made when it is first asked for. Any number of threads may use it at once.
/// </summary>
internal sealed class CompiledNetwork : IFrozenNetwork
{
    private readonly long[] _size;
    private readonly long[] _grid;
    private readonly int _classes;
    private readonly PixelTensors _pixels;
    private readonly Lock _making = new();
    private readonly Func<OnnxGraph> _encoderGraph;
    private readonly Func<OnnxGraph> _topGraph;
    private OnnxSession? _encoder;
    private OnnxSession? _top;

    /// <param name="weights">Stay the caller's; they are copied when a graph is made.</param>
    /// <param name="cut">The last block of the first graph.</param>
    /// <param name="grid">Its output, (C, h, w).</param>
    /// <param name="preprocessing">Of the images.</param>
    public CompiledNetwork(NetworkWeights weights, string cut, long[] grid, Preprocessing preprocessing)
    {
        (_size, _grid, _classes) = ([3, preprocessing.Height, preprocessing.Width], grid, weights.Network.Options.Classes);
        _pixels = new PixelTensors(preprocessing);
        _encoderGraph = () => FrozenGraphs.Encoder(weights, cut, preprocessing);
        _topGraph = () => FrozenGraphs.Top(weights, cut, grid);
    }

    public Tensor Encode(IReadOnlyList<RgbImage> images)
    {
        var pixels = ArrayPool<float>.Shared.Rent(_pixels.Count(images.Count));
        try
        {
            _pixels.Fill(images, pixels);
            using var scope = NewDisposeScope();
            var embeddings = empty(images.Count, _grid[1] * _grid[2], _grid[0]);
            Session(ref _encoder, _encoderGraph).Run(pixels.AsSpan(0, _pixels.Count(images.Count)), [images.Count, .. _size], embeddings);
            return embeddings.MoveToOuterDisposeScope();
        }
        finally
        {
            ArrayPool<float>.Shared.Return(pixels);
        }
    }

    public Tensor Scores(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        var numbers = embeddings.to(ScalarType.Float32).contiguous();
        var scores = empty(numbers.shape[0], _classes);
        Session(ref _top, _topGraph).Run(numbers.data<float>().ToArray(), numbers.shape, scores);
        return scores.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _encoder?.Dispose();
        _top?.Dispose();
    }

    // A session that could not be made is tried again the next time.
    private OnnxSession Session(ref OnnxSession? session, Func<OnnxGraph> graph)
    {
        lock (_making) return session ??= new OnnxSession(graph());
    }
}

/// <summary>On a CUDA or Metal device: the backbone's own modules in TorchSharp, in bf16 or fp32.</summary>
internal sealed class DeviceNetwork : IFrozenNetwork
{
    private readonly Backbone _backbone;
    private readonly string _cut;
    private readonly long[] _grid;
    private readonly ScalarType _dtype;
    private readonly PixelTensors _pixels;

    /// <param name="backbone">Stays the caller's; brought to inference mode and to the arithmetic.</param>
    /// <param name="cut">The last block computed.</param>
    /// <param name="grid">Its output, (C, h, w).</param>
    /// <param name="preprocessing">Of the images.</param>
    /// <param name="precision">bf16 or fp32.</param>
    public DeviceNetwork(Backbone backbone, string cut, long[] grid, Preprocessing preprocessing, Precision precision)
    {
        (_backbone, _cut, _grid) = (backbone, cut, grid);
        _dtype = precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        backbone.eval();
        backbone.to(_dtype);
        _pixels = new PixelTensors(preprocessing);
    }

    public Tensor Encode(IReadOnlyList<RgbImage> images)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var grid = _backbone.ForwardTo(_pixels.Of(images).to(_dtype), _cut);
        return grid.permute(0, 2, 3, 1).reshape(images.Count, -1, _grid[0]).to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }

    public Tensor Scores(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var grid = embeddings.to(_dtype).permute(0, 2, 1).view(-1, _grid[0], _grid[1], _grid[2]);
        return _backbone.Top(_backbone.ForwardFrom(grid, _cut, _backbone.LastCut)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        // the modules are the backbone's
    }
}

/// <summary>Parts of a network as ONNX graphs, from the description that its modules are made from.</summary>
internal static class FrozenGraphs
{
    /// <summary>Normalised pixels (n, 3, H, W) to embeddings (n, h·w, C).</summary>
    public static OnnxGraph Encoder(NetworkWeights weights, string cut, Preprocessing preprocessing)
    {
        var graph = new OnnxGraph($"{weights.Network.Architecture} up to {cut}");
        graph.Output(Embeddings(graph, weights, cut, preprocessing), "grid", "cells of the image, row by row, by channels");
        return graph;
    }

    /// <summary>An input of normalised pixels (n, 3, H, W), and the embeddings (n, h·w, C) of a cut.</summary>
    public static OnnxValue Embeddings(OnnxGraph graph, NetworkWeights weights, string cut, Preprocessing preprocessing)
    {
        var pixels = graph.Input(
            "pixels", "images, red, green, blue, each channel (value / 255 − mean) / std", [3, preprocessing.Height, preprocessing.Width]);
        return Cells(graph, Blocks(graph, weights, Network.PixelsCut, cut, pixels));
    }

    /// <summary>Embeddings (n, h·w, C) of a cut to class scores (n, classes).</summary>
    /// <param name="grid">The cut's sizes, (C, h, w).</param>
    public static OnnxGraph Top(NetworkWeights weights, string cut, long[] grid)
    {
        var graph = new OnnxGraph($"{weights.Network.Architecture} from {cut}");
        var embeddings = graph.Input("embeddings", "cells of the grid, row by row, by channels", [grid[1] * grid[2], grid[0]]);
        var cells = graph.Reshape(embeddings, grid[1], grid[2], grid[0]);
        var last = Blocks(
            graph, weights, cut, weights.Network.LastCut, graph.Node("Transpose", [cells], grid, ("perm", new long[] { 0, 3, 1, 2 })));
        graph.Output(Scores(graph, weights, last), "scores", "of the classes");
        return graph;
    }

    /// <summary>The output of one cut (n, C, h, w) to that of a later one.</summary>
    /// <exception cref="CaptionTLException">There is no such block, or it was not loaded.</exception>
    public static OnnxValue Blocks(OnnxGraph graph, NetworkWeights weights, string from, string to, OnnxValue x)
    {
        var network = weights.Network;
        var (first, last) = (network.IndexOf(from) + 1, network.IndexOf(to));
        network.RequireLoaded(last, weights.LoadedTo);
        var writer = new NetworkWriter(graph, weights.Tensors);
        return network.Blocks.Take(last + 1).Skip(first).Aggregate(x, (value, block) => block.Node.Write(writer, value));
    }

    /// <summary>The last block's grid (n, C, h, w) to class scores (n, classes).</summary>
    /// <exception cref="CaptionTLException">There is no top.</exception>
    public static OnnxValue Scores(OnnxGraph graph, NetworkWeights weights, OnnxValue grid)
    {
        weights.Network.RequireTop();
        weights.Network.RequireLoaded(weights.Network.Blocks.Count, weights.LoadedTo);
        return weights.Network.Top.Write(new NetworkWriter(graph, weights.Tensors), grid);
    }

    /// <summary>A grid (n, C, h, w) as embeddings (n, h·w, C).</summary>
    public static OnnxValue Cells(OnnxGraph graph, OnnxValue grid)
    {
        var (channels, height, width) = (grid.Shape[0], grid.Shape[1], grid.Shape[2]);
        return graph.Reshape(
            graph.Node("Transpose", [grid], [height, width, channels], ("perm", new long[] { 0, 2, 3, 1 })), height * width, channels);
    }
}
