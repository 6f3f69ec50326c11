namespace CaptionTL.Images;

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
