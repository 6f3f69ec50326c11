using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Weights;
using CaptionTL.Weights.Hdf5;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>A network with its published weights and what they expect of pixels, ready to be looked at, frozen and built upon.</summary>
public sealed class Pretrained : IDisposable
{
    private Pretrained(BackboneWeights weights, Backbone backbone, Preprocessing preprocessing) =>
        (Weights, Backbone, Preprocessing) = (weights, backbone, preprocessing);

    public BackboneWeights Weights { get; }

    /// <summary>In inference mode until a model that it is part of trains.</summary>
    public Backbone Backbone { get; }

    /// <summary>The weights' own, at the size that was asked for.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>In order of computation.</summary>
    public IReadOnlyList<BackboneBlock> Blocks => Backbone.Blocks;

    /// <summary>Which of its blocks and layers train; all of them until something is frozen.</summary>
    public Freezing Freezing => Backbone.Freezing;

    /// <summary>Blocks and layers with shapes and parameters, as they are frozen now.</summary>
    public BackboneSummary Summary => BackboneSummary.Of(Backbone, Preprocessing.Height, Preprocessing.Width);

    /// <summary>Finds the weights in the folders of CAPTIONTL_MODELS or the local cache, or downloads them, and loads them.</summary>
    /// <param name="name">An architecture (VGG16, resnet50) or published weights (tf_efficientnet_lite0.in1k), without regard to
    /// case.</param>
    /// <param name="includeTop">False leaves out what follows the last block: the class scores.</param>
    /// <param name="inputSize">Height and width of the images in pixels; the weights' own when null.</param>
    /// <param name="store">Where weights are looked for; as the environment says when null.</param>
    /// <exception cref="CaptionTLException">There is no such network, its weights are not available, or the images would be too small
    /// for it.</exception>
    /// <exception cref="WeightFileException">The file does not fit the network.</exception>
    public static Pretrained Load(string name, bool includeTop = true, int? inputSize = null, WeightStore? store = null)
    {
        var weights = BackboneRegistry.FindWeights(name);
        var path = (store ?? new WeightStore()).EnsureAsync(weights.File).GetAwaiter().GetResult();
        var backbone = PretrainedEncoder.LoadBackbone(weights, path, includeTop);
        backbone.eval();
        var preprocessing = weights.Preprocessing;
        if (inputSize is { } size) preprocessing = preprocessing with { Height = size, Width = size };
        if (preprocessing.Height >= backbone.MinimumSize) return new Pretrained(weights, backbone, preprocessing);
        var least = backbone.MinimumSize;
        backbone.Dispose();
        throw new CaptionTLException($"{weights.Architecture} needs images of at least {least} × {least} pixels, not {inputSize} × "
            + $"{inputSize}. Choose an inputSize of {least} or more.");
    }

    /// <summary>The network up to a block, a layer or "logits", for <c>Sequential</c>; see <see cref="LayerOutput"/>.</summary>
    /// <exception cref="CaptionTLException">There is no such layer; near matches are listed.</exception>
    public LayerOutput Layer(string name) => new(Backbone, name);

    /// <summary>
    /// How many numbers an image has behind a layer, all cells and channels together: the inputs of a linear layer on its flattened
    /// output.
    /// </summary>
    /// <exception cref="CaptionTLException">There is no such layer; near matches are listed.</exception>
    public long SizeOf(string layer)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var output = Layer(layer);
        using var modes = new ModuleModes(output);
        return output.call(zeros(1, Backbone.Options.InputChannels, Preprocessing.Height, Preprocessing.Width)).numel();
    }

    public void Dispose() => Backbone.Dispose();
}

/// <summary>From the name of published weights to an encoder ready to run.</summary>
public static class PretrainedEncoder
{
    /// <param name="weights">From the registry.</param>
    /// <param name="path">Where its file lies: safetensors, PyTorch's or Keras's.</param>
    /// <param name="sha256">Of the file.</param>
    /// <param name="preprocessing">The weights' own, or a change of it (size, squash).</param>
    /// <param name="cut">The last block to compute; the last of all when null.</param>
    /// <param name="precision">Arithmetic.</param>
    /// <param name="includeTop">False where only the embeddings are wanted: the top is not loaded.</param>
    /// <exception cref="WeightFileException">The file does not fit the network; no weight would be left random.</exception>
    public static CnnEncoder Load(
        BackboneWeights weights, string path, string sha256, Preprocessing? preprocessing = null, string? cut = null,
            Precision precision = Precision.Auto, bool includeTop = true)
    {
        ComputeDevice.Arithmetic(precision); // refused before anything is read
        using var file = TensorFile.Open(path);
        return Load(weights.Architecture, file, path, preprocessing ?? weights.Preprocessing, sha256, cut, precision, null, includeTop);
    }

    /// <summary>An encoder from a file of any format. On the processor it is made without TorchSharp's modules.</summary>
    /// <param name="loadedTo">The last block that the file has; all and the top, if <paramref name="includeTop"/>, when null.</param>
    internal static CnnEncoder Load(string architecture, ITensorFile file, string path, Preprocessing preprocessing, string sha256,
        string? cut, Precision precision, string? loadedTo, bool includeTop = true)
    {
        if (torch.get_default_device().type != DeviceType.CPU)
        {
            var backbone = LoadBackbone(architecture, file, path, loadedTo,
                includeTop ? null : new BackboneOptions { IncludeTop = false });
            return Owning(backbone, () => new CnnEncoder(backbone, preprocessing, sha256, cut, precision));
        }
        var weights = LoadWeights(architecture, file, path, loadedTo, includeTop);
        return Owning(weights, () => new CnnEncoder(weights, preprocessing, sha256, cut, precision));
    }

    private static CnnEncoder Owning(IDisposable owned, Func<CnnEncoder> make)
    {
        try
        {
            return make();
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>A network's weights as the file stores them, by the network's own names, for what needs no modules.</summary>
    /// <inheritdoc cref="LoadBackbone(string, ITensorFile, string, string?, BackboneOptions?)"/>
    internal static NetworkWeights LoadWeights(
        string architecture, ITensorFile file, string path, string? cut = null, bool includeTop = true)
    {
        var entry = EntryFor(architecture, file);
        using var known = WeightNames.Normalize(file, entry.Architecture);
        var network = entry.Network(new BackboneOptions
        {
            Classes = ClassesOf(known, entry.Classifier) ?? 1000,
            IncludeTop = includeTop && cut is null,
            AuxiliaryHead = HasAuxiliaryHead(known, entry),
        });
        var state = network.State.ToList();
        using var fitted = WeightNames.Fit(known, state);
        return new NetworkWeights(
            network, StateDict.Read(fitted, path, state, name => cut is null || network.BelongsTo(cut, name)), cut);
    }

    // Keras's weights go to the variant of the network that computes what Keras does.
    private static BackboneEntry EntryFor(string architecture, ITensorFile file)
    {
        var entry = BackboneRegistry.Find(architecture);
        return file is Hdf5File && entry.KerasVariant is { } variant ? BackboneRegistry.Find(variant) : entry;
    }

    private static bool HasAuxiliaryHead(ITensorFile file, BackboneEntry entry) => entry.AuxiliaryPrefix is { } auxiliary
        && file.Tensors.Keys.Any(name => name.StartsWith(auxiliary, StringComparison.Ordinal));

    /// <summary>All blocks of published weights.</summary>
    /// <param name="weights">From the registry.</param>
    /// <param name="path">Where its file lies.</param>
    /// <param name="includeTop">False leaves out what follows the last block.</param>
    /// <exception cref="WeightFileException">The file does not fit the network.</exception>
    public static Backbone LoadBackbone(BackboneWeights weights, string path, bool includeTop = true)
    {
        using var file = TensorFile.Open(path);
        return LoadBackbone(weights.Architecture, file, path, options: includeTop ? null : new BackboneOptions { IncludeTop = false });
    }

    /// <summary>
    /// A backbone from a file of any format: whole, or its blocks up to <paramref name="cut"/> without a top; names are brought to the
    /// network's. Keras's weights make the variant of the network that computes what Keras does. Where <paramref name="options"/> ask for
    /// another number of classes than the file has, the last layer is new and
    /// everything else kept; for other input channels the first convolution's weights are summed (one channel) or repeated and scaled,
    /// so that its outputs keep their size.
    /// </summary>
    /// <param name="architecture">The registry's name.</param>
    /// <param name="file">Stays the caller's to dispose.</param>
    /// <param name="path">For messages.</param>
    /// <param name="cut">The last block that must come from the file, and then the last that can be computed; all and the top when
    /// null.</param>
    /// <param name="options">As many classes as the file has, and a top where there is no cut, when null.</param>
    /// <exception cref="WeightFileException">The file does not fit the network; no weight would be left random but those asked
    /// for.</exception>
    public static Backbone LoadBackbone(string architecture, ITensorFile file, string path, string? cut = null,
        BackboneOptions? options = null)
    {
        using var _ = torch.no_grad();
        var entry = EntryFor(architecture, file);
        using var known = WeightNames.Normalize(file, entry.Architecture);
        var published = ClassesOf(known, entry.Classifier) ?? 1000;
        options ??= new BackboneOptions { Classes = published, IncludeTop = cut is null };
        var newClasses = options.Classes != published;
        var built = options with { AuxiliaryHead = options.AuxiliaryHead && !newClasses && HasAuxiliaryHead(known, entry) };
        // A last layer for other classes begins with random weights; everything else is read from the file.
        var backbone = ComputeDevice.Place(entry.Build(built));
        try
        {
            using var fitted = WeightNames.Fit(known, [.. backbone.state_dict().Select(p => (p.Key, p.Value.shape))]);
            var first = entry.FirstConvolution + ".weight";
            var newChannels = fitted.Tensors.GetValueOrDefault(first) is { Shape: [_, var channels, _, _] }
                && channels != options.InputChannels;
            StateDict.Load(backbone, fitted, path, needed: name =>
                (cut is null || backbone.Network.BelongsTo(cut, name)) && !(newChannels && name == first)
                && !(newClasses && name.StartsWith(entry.Classifier + ".", StringComparison.Ordinal)));
            if (newChannels) CopyFirstConvolution(backbone, fitted, path, first);
            if (!newClasses) backbone.LoadedTo = cut;
            return backbone;
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    private static void CopyFirstConvolution(Backbone backbone, ITensorFile file, string path, string name)
    {
        var channels = backbone.Options.InputChannels;
        using var scope = torch.NewDisposeScope();
        var stored = StateDict.Read(file, name).to(torch.ScalarType.Float32);
        var had = stored.shape[1];
        var adapted = channels == 1 ? stored.sum([1], keepdim: true)
            : stored.repeat(1, (channels + had - 1) / had, 1, 1).narrow(1, 0, channels).mul((double)had / channels);
        var parameter = backbone.state_dict()[name];
        if (!adapted.shape.SequenceEqual(parameter.shape))
            throw new WeightFileException(path, name, $"has shape [{string.Join(", ", stored.shape)}], of which no convolution for "
                + $"{channels} input channels of {backbone.Architecture} can be made. The file is of another network");
        parameter.copy_(adapted);
    }

    /// <summary>The last layer's rows, under the network's own name for it or the ones other libraries give it.</summary>
    private static int? ClassesOf(ITensorFile file, string classifier)
    {
        foreach (var name in (string[])[classifier, "head.fc", "classifier", "fc"])
            if (file.Tensors.GetValueOrDefault(name + ".weight") is { Shape: [> 0 and <= 1_000_000, ..] } top) return (int)top.Shape[0];
        return null;
    }

    /// <summary>Whether a file has the layers that follow the last block.</summary>
    public static bool HasTop(string architecture, ITensorFile file) => ClassesOf(file, BackboneRegistry.Find(architecture).Classifier)
        is not null;
}
