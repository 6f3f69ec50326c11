using System.Buffers;
using System.Runtime.InteropServices;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Runtime.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// A backbone up to its cut, frozen. On the processor it is an ONNX graph in fp32 and may be used by several threads at once; on CUDA it
/// runs in TorchSharp, in bf16 unless asked otherwise.
/// </summary>
public sealed class CnnEncoder : IImageEncoder, IDisposable
{
    private readonly Backbone? _backbone;
    private readonly string _cut;
    private readonly IFrozenNetwork _network;

    /// <param name="backbone">With its weights loaded; the encoder owns it from here on.</param>
    /// <param name="preprocessing">What the weights expect.</param>
    /// <param name="weightsSha256">Names the weights in <see cref="Fingerprint"/>.</param>
    /// <param name="cut">The last block to compute; the last of all when null.</param>
    /// <param name="precision">Arithmetic; embeddings of different arithmetic have different fingerprints.</param>
    /// <exception cref="CaptionTLException">
    /// There is no such block, images are too small for it, or the device has no such arithmetic.
    /// </exception>
    public CnnEncoder(Backbone backbone, Preprocessing preprocessing, string weightsSha256, string? cut = null,
        Precision precision = Precision.Auto) : this(backbone.Weights, preprocessing, weightsSha256, cut, precision, backbone)
    {
    }

    /// <summary>On the processor, where no modules are needed.</summary>
    /// <param name="weights">The encoder owns them from here on.</param>
    /// <inheritdoc cref="CnnEncoder(Backbone, Preprocessing, string, string?, Precision)"/>
    internal CnnEncoder(NetworkWeights weights, Preprocessing preprocessing, string weightsSha256, string? cut, Precision precision)
        : this(weights, preprocessing, weightsSha256, cut, precision, backbone: null)
    {
    }

    private CnnEncoder(
        NetworkWeights weights, Preprocessing preprocessing, string weightsSha256, string? cut, Precision precision, Backbone? backbone)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        var network = weights.Network;
        if (network.Options.InputChannels != 3)
            throw new CaptionTLException($"Images have three channels, this {network.Architecture} takes "
                + $"{network.Options.InputChannels}. Build it with InputChannels = 3.");
        _backbone = backbone;
        backbone?.eval();
        _cut = cut ?? network.LastCut;
        Preprocessing = preprocessing;
        Precision = ComputeDevice.Arithmetic(precision);
        network.RequireLoaded(network.IndexOf(_cut), weights.LoadedTo);
        var at = network.CutAt(preprocessing.Height, preprocessing.Width, _cut);
        (Channels, Cells) = (at.Channels, at.Cells);
        long[] grid = [at.Channels, at.Height, at.Width];
        _network = backbone is null || get_default_device().type == DeviceType.CPU
            ? new CompiledNetwork(weights, _cut, grid, preprocessing)
            : new DeviceNetwork(backbone, _cut, grid, preprocessing, Precision);
        Weights = backbone?.Weights ?? weights; // on a device they are other tensors now
        Fingerprint = $"{network.Architecture};{weightsSha256};{_cut};"
            + $"{new Preprocessor(preprocessing).Fingerprint(new AugmentationView(2))};{ComputeDevice.ArithmeticName(Precision)}";
    }

    /// <summary>The network's description and weights; they stay the encoder's.</summary>
    public NetworkWeights Weights { get; }

    public string Cut => _cut;

    public Precision Precision { get; }

    public string Fingerprint { get; }

    public Preprocessing Preprocessing { get; }

    public int Cells { get; }

    public int Channels { get; }

    public void Encode(IReadOnlyList<RgbImage> images, Span<Half> destination)
    {
        if (images.Count == 0) return;
        using var embeddings = Encode(images);
        using var half = embeddings.to(ScalarType.Float16);
        using var local = half.cpu();
        MemoryMarshal.Cast<byte, Half>(local.bytes).CopyTo(destination);
    }

    /// <summary>Embeddings of a batch: (images, cells, channels), contiguous, fp32.</summary>
    public Tensor Encode(IReadOnlyList<RgbImage> images) => _network.Encode(images);

    /// <summary>
    /// How many classes the network itself tells apart; 0 where embeddings are not its last block's, or its top is not there.
    /// </summary>
    public int Classes => Weights.Network is { Options.IncludeTop: true } network && Weights.LoadedTo is null && _cut == network.LastCut
        ? network.Options.Classes : 0;

    /// <summary>Class probabilities (images, classes), fp32, from embeddings (images, cells, channels) of the cut.</summary>
    /// <exception cref="CaptionTLException">The network has no top.</exception>
    public Tensor Classify(Tensor embeddings)
    {
        using var scores = _network.Scores(embeddings);
        return scores.softmax(1);
    }

    /// <summary>Class scores (images, classes) of the whole network, fp32.</summary>
    /// <exception cref="CaptionTLException">The network has no top.</exception>
    public Tensor Classify(IReadOnlyList<RgbImage> images)
    {
        using var embeddings = Encode(images);
        return _network.Scores(embeddings);
    }

    public void Dispose()
    {
        _network.Dispose();
        if (_backbone is not null) _backbone.Dispose();
        else Weights.Dispose();
    }
}

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
        _encoderGraph = () => weights.EncoderGraph(cut, preprocessing);
        _topGraph = () => weights.TopGraph(cut, grid);
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
