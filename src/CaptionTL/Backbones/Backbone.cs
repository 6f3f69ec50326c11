using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>
/// A CNN as an ordered list of named blocks and a top. Parameters carry the names of the published state dicts,
/// so weights load without renaming.
/// </summary>
public abstract class Backbone : nn.Module<Tensor, Tensor>
{
    /// <summary>The cut before the first block: its output are the normalised pixels themselves, for networks that train from the first block on.</summary>
    public const string PixelsCut = "pixels";

    private Freezing? _freezing;

    /// <exception cref="CaptionTLException">The options are out of range.</exception>
    protected Backbone(string architecture, BackboneOptions options) : base(architecture)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Architecture, Options) = (architecture, options);
    }

    /// <summary>torchvision's or timm's name, as in the registry.</summary>
    public string Architecture { get; }

    /// <summary>What it was built with.</summary>
    public BackboneOptions Options { get; }

    /// <summary>Which of its blocks and layers train.</summary>
    public Freezing Freezing => _freezing ??= new Freezing(this);

    /// <summary>The last block that has its weights; null where all have. What lies above holds no numbers of any meaning.</summary>
    internal string? LoadedTo { get; set; }

    /// <summary>In order of computation; a cut is the name of one of them and means "up to and including".</summary>
    public abstract IReadOnlyList<BackboneBlock> Blocks { get; }

    /// <summary>Channels of the last block's output.</summary>
    public abstract int FeatureChannels { get; }

    /// <summary>The state dict's names of the top (and of an auxiliary head) begin with one of these; all others belong to a block.</summary>
    public abstract IReadOnlyList<string> TopPrefixes { get; }

    /// <summary>What belongs to the top, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> TopParameters() => state_dict().Where(p => TopPrefixes.Any(prefix => p.Key.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>Grid (N, C, h, w) of the last block to class scores (N, classes).</summary>
    /// <exception cref="CaptionTLException">It was built without its top, or loaded up to a cut.</exception>
    public Tensor Top(Tensor features)
    {
        if (!Options.IncludeTop)
            throw new CaptionTLException($"This {Architecture} was built without its top, so it gives no class scores. Build it with its top, or take the grid of its last block, '{LastCut}'.");
        RequireLoaded(Blocks.Count);
        return ClassScores(features);
    }

    /// <summary>Grid (N, C, h, w) of the last block to class scores (N, classes); asked only where there is a top.</summary>
    protected abstract Tensor ClassScores(Tensor features);

    /// <summary>The mean over a grid's cells, or what <paramref name="pool"/> makes of the grid, as one row a picture through the classifier.</summary>
    private protected static Tensor Scores(Tensor features, Func<Tensor, Tensor> classifier, AdaptiveAvgPool2d? pool = null)
    {
        using var pooled = pool?.call(features) ?? features.mean([2, 3]);
        using var flat = pooled.flatten(1);
        return classifier(flat);
    }

    /// <summary>
    /// Pixels to the last block's grid. Architectures whose published module holds all blocks in one container override it to run the
    /// container, so that a hook on the container sees its output.
    /// </summary>
    protected virtual Tensor Features(Tensor pixels) => ForwardTo(pixels, LastCut);

    /// <summary>The least height and width of a picture, in pixels, for which every block has an output.</summary>
    public virtual int MinimumSize => 1;

    /// <summary>The last block: the cut that captioners use.</summary>
    public string LastCut => Blocks[^1].Name;

    /// <summary>Normalised pixels (N, channels, H, W) to class scores (N, classes), or without a top to the last block's grid (N, C, h, w).</summary>
    /// <exception cref="CaptionTLException">The pixels do not fit, or it was loaded up to a cut.</exception>
    public override Tensor forward(Tensor input)
    {
        RequireFits(input);
        RequireLoaded(Blocks.Count - 1);
        if (!Options.IncludeTop) return Features(input);
        using var features = Features(input);
        return Top(features);
    }

    /// <summary>Normalised pixels (N, channels, H, W) to the output of <paramref name="cut"/> (N, C, h, w).</summary>
    /// <exception cref="CaptionTLException">There is no such block, it was not loaded, or the pixels do not fit.</exception>
    public Tensor ForwardTo(Tensor pixels, string cut)
    {
        RequireFits(pixels);
        return ForwardFrom(pixels, PixelsCut, cut);
    }

    /// <summary>The output of one cut (N, C, h, w) to that of a later one; the pixels' cut gives the pixels.</summary>
    /// <exception cref="CaptionTLException">There is no such block.</exception>
    public Tensor ForwardFrom(Tensor grid, string from, string to)
    {
        var (first, last) = (IndexOf(from) + 1, IndexOf(to));
        RequireLoaded(last);
        if (last < first) return last == first - 1 ? grid.alias() : throw new ArgumentException($"'{to}' comes before '{from}'", nameof(to));
        var x = grid;
        for (var i = first; i <= last; i++)
        {
            var y = Blocks[i].Forward(x);
            if (i > first) x.Dispose();
            x = y;
        }
        return x;
    }

    /// <summary>Position of a block by its name; -1 for <see cref="PixelsCut"/>.</summary>
    /// <exception cref="CaptionTLException">There is no such block; the message lists those there are.</exception>
    public int IndexOf(string cut)
    {
        if (cut == PixelsCut) return -1;
        for (var i = 0; i < Blocks.Count; i++)
            if (Blocks[i].Name == cut) return i;
        throw new CaptionTLException($"{Architecture} has no block named '{cut}'. Its blocks, in order: {string.Join(", ", Blocks.Select(b => b.Name))}.");
    }

    /// <summary>
    /// Makes it fast for inference: every convolution and linear layer is merged with the normalisation beside it and runs in
    /// <paramref name="dtype"/>, weights channels-last; input must be of that type. Its own tensors stay as they are.
    /// </summary>
    internal void Fold(ScalarType dtype)
    {
        foreach (var foldable in Foldables) foldable.Fold(dtype);
    }

    /// <summary>Takes <see cref="Fold"/> back.</summary>
    internal void Unfold()
    {
        foreach (var foldable in Foldables) foldable.Unfold();
    }

    /// <exception cref="CaptionTLException">The pixels are not (pictures, channels, height, width), or too few.</exception>
    internal void RequireFits(Tensor pixels)
    {
        var shape = pixels.shape;
        if (shape.Length != 4 || shape[1] != Options.InputChannels)
            throw new CaptionTLException($"{Architecture} was built for pixels of shape (pictures, {Options.InputChannels}, height, width), not ({string.Join(", ", shape)}).");
        if (shape[2] < MinimumSize || shape[3] < MinimumSize)
            throw new CaptionTLException($"{Architecture} needs pictures of at least {MinimumSize} × {MinimumSize} pixels, not {shape[3]} × {shape[2]}: smaller ones leave nothing for its last blocks.");
    }

    /// <param name="block">Position of a block; the number of blocks for the top.</param>
    /// <exception cref="CaptionTLException">It has no weights.</exception>
    internal void RequireLoaded(int block)
    {
        if (LoadedTo is { } last && block > IndexOf(last))
            throw new CaptionTLException($"Of this {Architecture} only the blocks up to '{last}' were loaded, so {(block < Blocks.Count ? $"'{Blocks[block].Name}'" : "its top")} has no weights. Load it without a cut, or up to a later one.");
    }

    private IEnumerable<Foldable> Foldables => modules().Prepend(this).OfType<IHasFoldables>().SelectMany(m => m.Foldables);
}
