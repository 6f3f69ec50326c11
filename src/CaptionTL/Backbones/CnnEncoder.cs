using System.Runtime.InteropServices;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// A backbone up to its cut, made fast for inference: normalisation folded into the convolutions and linear layers, pixels and
/// weights laid out channels-last, bf16 where the device has it.
/// </summary>
public sealed class CnnEncoder : IImageEncoder, IDisposable
{
    private readonly Backbone _backbone;
    private readonly string _cut;
    private readonly ScalarType _dtype;
    private readonly PixelTensors _pixels;
    private readonly int _rows;

    /// <param name="backbone">With its weights loaded; the encoder owns it from here on.</param>
    /// <param name="preprocessing">What the weights expect.</param>
    /// <param name="weightsSha256">Names the weights in <see cref="Fingerprint"/>.</param>
    /// <param name="cut">The last block to compute; the last of all when null.</param>
    /// <param name="precision">Arithmetic; embeddings of different arithmetic have different fingerprints.</param>
    public CnnEncoder(Backbone backbone, Preprocessing preprocessing, string weightsSha256, string? cut = null, Precision precision = Precision.Auto)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(preprocessing);
        if (backbone.Options.InputChannels != 3)
            throw new CaptionTLException($"Pictures have three channels, this {backbone.Architecture} takes {backbone.Options.InputChannels}. Build it with InputChannels = 3.");
        _backbone = backbone;
        _cut = cut ?? backbone.LastCut;
        Preprocessing = preprocessing;
        Precision = ComputeDevice.Arithmetic(precision);
        _dtype = Precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        backbone.eval();
        backbone.Fold(_dtype);
        _pixels = new PixelTensors(preprocessing);
        using var _ = inference_mode();
        using var probe = zeros(1, 3, preprocessing.Height, preprocessing.Width, dtype: _dtype);
        using var grid = backbone.ForwardTo(probe, _cut);
        (Channels, Cells, _rows) = ((int)grid.shape[1], (int)(grid.shape[2] * grid.shape[3]), (int)grid.shape[2]);
        Fingerprint = FormattableString.Invariant($"{backbone.Architecture};{weightsSha256};{_cut};{new Preprocessor(preprocessing).Fingerprint(new AugmentationView(2))};{Precision.ToString().ToLowerInvariant()}");
    }

    public Backbone Backbone => _backbone;

    public string Cut => _cut;

    public Precision Precision { get; }

    public string Fingerprint { get; }

    public Preprocessing Preprocessing { get; }

    public int Cells { get; }

    public int Channels { get; }

    public void Encode(IReadOnlyList<RgbImage> pictures, Span<Half> destination)
    {
        if (pictures.Count == 0) return;
        using var embeddings = Encode(pictures);
        using var half = embeddings.to(ScalarType.Float16);
        using var local = half.cpu();
        MemoryMarshal.Cast<byte, Half>(local.bytes).CopyTo(destination);
    }

    /// <summary>Embeddings of a batch: (pictures, cells, channels), contiguous, in the encoder's arithmetic.</summary>
    public Tensor Encode(IReadOnlyList<RgbImage> pictures)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var grid = _backbone.ForwardTo(Pixels(pictures), _cut);
        return grid.permute(0, 2, 3, 1).reshape(pictures.Count, Cells, Channels).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>How many classes the network itself tells apart; 0 where embeddings are not its last block's, or its top is not there.</summary>
    public int Classes => _backbone.Options.IncludeTop && _backbone.LoadedTo is null && _cut == _backbone.LastCut ? _backbone.Options.Classes : 0;

    /// <summary>Class probabilities (pictures, classes), fp32, from embeddings (pictures, cells, channels) of the network's last block.</summary>
    /// <exception cref="CaptionTLException">The network has no top.</exception>
    public Tensor Classify(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var grid = embeddings.to(_dtype).permute(0, 2, 1).view(-1, Channels, _rows, Cells / _rows);
        return _backbone.Top(grid).to(ScalarType.Float32).softmax(1).MoveToOuterDisposeScope();
    }

    /// <summary>Class scores (pictures, classes) of the whole network, fp32.</summary>
    public Tensor Classify(IReadOnlyList<RgbImage> pictures)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var features = _backbone.ForwardTo(Pixels(pictures), _backbone.LastCut);
        return _backbone.Top(features).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _backbone.Unfold();
        _backbone.Dispose();
        _pixels.Dispose();
    }

    private Tensor Pixels(IReadOnlyList<RgbImage> pictures) => _pixels.Of(pictures).to(_dtype);
}
