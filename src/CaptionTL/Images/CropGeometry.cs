namespace CaptionTL.Images;

/// <summary>Which part of a picture becomes the network's input, and through which size.</summary>
/// <param name="Source">The part of the upright picture that is resized.</param>
/// <param name="Resized">The size it is resized to.</param>
/// <param name="Part">The part of the resized picture that is kept.</param>
internal readonly record struct CropGeometry(PixelBox Source, PixelSize Resized, PixelBox Part)
{
    /// <summary>View 0: what the weights were scored with.</summary>
    /// <remarks>Rounding as in torchvision's Resize (longer side down) and CenterCrop (half to even).</remarks>
    public static CropGeometry Plain(Preprocessing preprocessing, int width, int height)
    {
        var (w, h) = (preprocessing.Width, preprocessing.Height);
        var all = new PixelBox(0, 0, width, height);
        if (preprocessing.Resize == ResizeMode.Squash) return Whole(all, preprocessing);
        var (wide, high) = ((int)Math.Round(w / (double)preprocessing.CropFraction), (int)Math.Round(h / (double)preprocessing.CropFraction));
        // The side that is relatively shorter is resized to its length, the other in proportion.
        var resized = (long)width * high <= (long)height * wide
            ? new PixelSize(wide, (int)((long)height * wide / width))
            : new PixelSize((int)((long)width * high / height), high);
        var part = new PixelBox((int)Math.Round((resized.Width - w) / 2.0), (int)Math.Round((resized.Height - h) / 2.0), w, h);
        return new CropGeometry(all, resized, part);
    }

    /// <summary>A part of the picture, resized straight to the network's size.</summary>
    public static CropGeometry Whole(PixelBox source, Preprocessing preprocessing) =>
        new(source, new PixelSize(preprocessing.Width, preprocessing.Height), new PixelBox(0, 0, preprocessing.Width, preprocessing.Height));
}
