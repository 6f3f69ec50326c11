namespace CaptionTL.Backbones;

/// <summary>What of an architecture may be chosen; everything else is fixed by its published weights.</summary>
public sealed record BackboneOptions
{
    /// <summary>Width of the last layer: the number of class scores.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Channels of the pixels: 3 for colour, 1 for grey.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>False leaves out everything above the last block: no parameters for it, and <c>forward</c> gives that block's grid.</summary>
    public bool IncludeTop { get; init; } = true;

    /// <summary>Whether a classifier that only takes part in training (Inception v3's) is built, where the architecture has one.</summary>
    public bool AuxiliaryHead { get; init; } = true;

    /// <exception cref="CaptionTLException">A number is out of range.</exception>
    public void Validate()
    {
        if (Classes < 1) throw new CaptionTLException($"A backbone needs at least one class, not {Classes}. Choose the number of classes of your data, or leave the top out.");
        if (InputChannels < 1) throw new CaptionTLException($"A backbone needs at least one input channel, not {InputChannels}. Choose 3 for colour or 1 for grey.");
    }
}
