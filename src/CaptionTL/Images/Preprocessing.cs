namespace CaptionTL.Images;

/// <summary>
/// What a set of weights expects of its pixels. It belongs to the weights, not to the architecture:
/// (x / 255 − mean) / std, channel by channel, after resizing.
/// </summary>
public sealed record Preprocessing
{
    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Red, green, blue, in units of full scale (0 to 1).</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Red, green, blue, in units of full scale (0 to 1).</summary>
    public required IReadOnlyList<float> Std { get; init; }

    public Interpolation Interpolation { get; init; } = Interpolation.Bicubic;

    public ResizeMode Resize { get; init; } = ResizeMode.CenterCrop;

    /// <summary>The share of the resized picture's shorter side that a centre crop keeps.</summary>
    public float CropFraction { get; init; } = 0.875f;

    /// <summary>One line that is equal exactly when the preprocessing is: part of the embedding cache's key.</summary>
    public string Fingerprint => FormattableString.Invariant(
        $"{Width}x{Height};mean={string.Join(',', Mean)};std={string.Join(',', Std)};{Interpolation};{Resize}{(Resize == ResizeMode.CenterCrop ? $";crop={CropFraction}" : "")}").ToLowerInvariant();
}

/// <summary>How a picture is made smaller: both antialiased, with the kernels of Pillow (bicubic a = −0.5).</summary>
public enum Interpolation { Bilinear, Bicubic }

/// <summary>How a picture of any shape becomes a picture of the network's shape.</summary>
public enum ResizeMode
{
    /// <summary>Shorter side to size / crop fraction, then the middle.</summary>
    CenterCrop,

    /// <summary>Straight to the size; the whole picture stays, its proportions do not.</summary>
    Squash,
}
