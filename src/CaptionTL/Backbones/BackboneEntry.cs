namespace CaptionTL.Backbones;

/// <summary>An architecture in the registry.</summary>
/// <param name="Architecture">torchvision's or timm's name.</param>
/// <param name="Describe">The network for these options.</param>
/// <param name="Weights">The published weight files that fit it; the first is the one meant by the bare architecture's name.</param>
public sealed record BackboneEntry(string Architecture, Func<BackboneOptions, Network> Describe, IReadOnlyList<BackboneWeights> Weights)
{
    /// <summary>Makes it, weights random.</summary>
    /// <exception cref="CaptionTLException">The options are out of range.</exception>
    public Backbone Build(BackboneOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new Backbone(Architecture, Describe(options), options);
    }

    /// <summary>Other names it is known by, for instance Keras's where it differs in more than capitals: names are found without regard to case.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The architecture that computes what Keras's network of this name does, where this one does not: weights of Keras go there.</summary>
    public string? KerasVariant { get; init; }

    /// <summary>The layer that gives the class scores: it alone is replaced for another number of classes.</summary>
    public string Classifier { get; init; } = "fc";

    /// <summary>The convolution that reads the pixels: it alone is changed for another number of input channels.</summary>
    public string FirstConvolution { get; init; } = "conv1";

    /// <summary>Names of the classifier that only takes part in training begin with it; null where there is none.</summary>
    public string? AuxiliaryPrefix { get; init; }
}
