using System.Globalization;
using System.Text.Json.Serialization;

namespace CaptionTL.Images;

/// <summary>
/// How the views from 2 on differ from the picture: a random part of it, perhaps mirrored, with brightness, contrast and saturation
/// changed; turned and partly covered where that is asked for. What becomes of a picture depends on its content, the view's number and
/// the seed, on nothing else.
/// </summary>
/// <remarks>Inception's random crop (Szegedy et al. 2015, §6) with milder parts: a caption may speak of what lies at the edge.</remarks>
public sealed record Augmentation
{
    /// <summary>The least share of the picture's area that is kept, 0 to 1.</summary>
    public double MinScale { get; init; } = 0.5;

    /// <summary>The largest share of the picture's area that is kept, 0 to 1.</summary>
    public double MaxScale { get; init; } = 1;

    /// <summary>The part is stretched or squeezed by at most this factor (at least 1).</summary>
    public double MaxStretch { get; init; } = 4.0 / 3;

    /// <summary>How often a view is mirrored, 0 to 1.</summary>
    public double MirrorProbability { get; init; } = 0.5;

    /// <summary>Brightness is multiplied by a number between 1 − this and 1 + this; likewise the two below.</summary>
    public double Brightness { get; init; } = 0.2;

    public double Contrast { get; init; } = 0.2;

    public double Saturation { get; init; } = 0.2;

    /// <summary>The part is turned about its middle by at most so many degrees to either side; what lies outside repeats the edge.</summary>
    public double Rotation { get; init; }

    /// <summary>How often a rectangle is covered with the picture's mean colour, 0 to 1 (random erasing, Zhong et al., 2020).</summary>
    public double ErasingProbability { get; init; }

    /// <summary>The largest share of the area that is covered, 0 to 1; at least a tenth of it is.</summary>
    public double MaxErased { get; init; } = 0.25;

    /// <summary>Of what is drawn; in a plan the plan's seed is added to it.</summary>
    public ulong Seed { get; init; }

    /// <summary>One line that is equal exactly when every view would be.</summary>
    [JsonIgnore]
    public string Fingerprint => string.Create(CultureInfo.InvariantCulture,
        $"augment/1;scale={MinScale}-{MaxScale};stretch={MaxStretch};mirror={MirrorProbability};brightness={Brightness};contrast={Contrast};saturation={Saturation};seed={Seed}{Rotated}{Erased}");

    // Nothing where nothing is done, so that what was cached before there was such a thing stays good.
    private string Rotated => Rotation == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $";rotation={Rotation}");

    private string Erased => ErasingProbability == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $";erasing={ErasingProbability}x{MaxErased}");

    /// <summary>One line that is equal exactly when this view would be: the first two views do not depend on the parameters.</summary>
    public string FingerprintOf(AugmentationView view) => view.Index switch
    {
        0 => "original",
        1 => "mirrored",
        _ => string.Create(CultureInfo.InvariantCulture, $"view={view.Index};{Fingerprint}"),
    };

    /// <exception cref="CaptionTLException">A parameter is out of its range.</exception>
    public void Validate()
    {
        if (!(MinScale > 0 && MinScale <= MaxScale && MaxScale <= 1)) throw Bad($"the scale must lie between 0 and 1, got {MinScale} to {MaxScale}");
        if (!(MaxStretch >= 1 && MaxStretch <= 4)) throw Bad($"the stretch must lie between 1 and 4, got {MaxStretch}");
        if (!(MirrorProbability >= 0 && MirrorProbability <= 1)) throw Bad($"the probability of mirroring must lie between 0 and 1, got {MirrorProbability}");
        foreach (var strength in (double[])[Brightness, Contrast, Saturation])
            if (!(strength >= 0 && strength < 1)) throw Bad($"brightness, contrast and saturation must lie between 0 and 1, got {strength}");
        if (!(Rotation >= 0 && Rotation <= 180)) throw Bad($"the rotation must lie between 0 and 180 degrees, got {Rotation}");
        if (!(ErasingProbability >= 0 && ErasingProbability <= 1)) throw Bad($"the probability of erasing must lie between 0 and 1, got {ErasingProbability}");
        if (!(MaxErased > 0 && MaxErased <= 1)) throw Bad($"the share that is erased must lie between 0 and 1, got {MaxErased}");
    }

    private static CaptionTLException Bad(FormattableString what) => new($"augmentation: {FormattableString.Invariant(what)}");
}

/// <summary>
/// One version of a picture: 0 is the picture itself, 1 its mirror image, 2 and above are random crops with changed colours
/// (<see cref="Augmentation"/>), each number its own.
/// </summary>
public readonly record struct AugmentationView
{
    public AugmentationView(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Index = index;
    }

    public static AugmentationView Original => default;

    public static AugmentationView Mirrored => new(1);

    public int Index { get; }
}
