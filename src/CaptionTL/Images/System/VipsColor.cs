namespace CaptionTL.Images;

/// <summary>Any colours that the loaders give to eight-bit sRGB in three bands, alpha laid over white.</summary>
internal static class VipsColor
{
    /// <summary>The same image where there is nothing to convert: most pictures, and every operation costs half a millisecond.</summary>
    /// <exception cref="VipsException">A conversion fails.</exception>
    /// <exception cref="ImageException">Samples or channels of a kind that is not read.</exception>
    public static VipsImage ToSrgb(VipsImage image)
    {
        if (image.Format is not (VipsImage.UChar or VipsImage.UShort)
            || image.Interpretation is not (VipsImage.Grey or VipsImage.Grey16 or VipsImage.Srgb or VipsImage.Rgb16 or VipsImage.Cmyk))
        {
            throw new ImageException(ImageProblem.UnsupportedVariant,
                "the picture's pixels are neither grey, RGB nor CMYK of up to 16 bits a channel (floating point, Lab and scientific data are not read); save it again as PNG or JPEG");
        }
        if (image is { Format: VipsImage.UChar, Interpretation: VipsImage.Srgb, Bands: 3 }) return image;
        using var converted = Convert(image);
        return converted.Bands <= 3
            ? Apply("extract_band", converted, ("band", "0"), ("n", "3"))
            : Flatten(converted);
    }

    /// <summary>
    /// CMYK goes through the profile in the file, or else a general one. Profiles of grey and RGB pictures are not applied: the pictures
    /// that published weights were trained and scored on went in without (Pillow does not apply them), and the same pixels must come out here.
    /// </summary>
    private static VipsImage Convert(VipsImage image) => image.Interpretation == VipsImage.Cmyk
        ? Apply("icc_transform", image, ("output_profile", "srgb"), ("input_profile", "cmyk"), ("embedded", "true"), ("depth", "8"))
        : Apply("colourspace", image, ("space", "srgb"));

    private static VipsImage Flatten(VipsImage image)
    {
        using var flat = Apply("flatten", image, ("background", "255"));
        return Apply("extract_band", flat, ("band", "0"), ("n", "3"));
    }

    private static VipsImage Apply(string name, VipsImage input, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        using var operation = new VipsOperation(name);
        operation.Set("in", input);
        foreach (var (argument, value) in arguments) operation.Set(argument, value);
        return operation.BuildImage();
    }
}
