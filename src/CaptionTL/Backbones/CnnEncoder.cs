using System.Runtime.InteropServices;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Runtime;
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
        _cut = cut ?? network.LastCut;
        Preprocessing = preprocessing;
        Precision = ComputeDevice.Arithmetic(precision);
        network.RequireLoaded(network.IndexOf(_cut), weights.LoadedTo);
        var at = BackboneCuts.At(network, preprocessing.Height, preprocessing.Width, _cut);
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
