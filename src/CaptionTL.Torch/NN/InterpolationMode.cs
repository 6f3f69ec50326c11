namespace TorchSharp;

public static partial class torch
{
    /// <summary>How new pixels are made of old ones; Area averages, NearestExact rounds from the pixels' centres.</summary>
    public enum InterpolationMode
    {
        Nearest = 0,
        Linear = 1,
        Bilinear = 2,
        Bicubic = 3,
        Trilinear = 4,
        Area = 5,
        NearestExact = 6,
    }
}
