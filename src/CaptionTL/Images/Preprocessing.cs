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
