using static TorchSharp.torch;

namespace CaptionTL.Heads;

/// <summary>
/// A picture as the mean of what the network sees in it and in its mirror image, turned back: what the network makes of left and right by
/// chance falls out (test-time flipping, Krizhevsky et al., 2012, of embeddings instead of answers).
/// </summary>
internal static class MirroredGrid
{
    /// <param name="grids">(2N, P, C): N pictures, then their mirror images in the same order; P cells of a square, row by row.</param>
    /// <returns>(N, P, C), fp32.</returns>
    /// <exception cref="CaptionTLException">The cells are not those of a square.</exception>
    public static Tensor Mean(Tensor grids)
    {
        var (pictures, cells, channels) = (grids.shape[0] / 2, grids.shape[1], grids.shape[2]);
        var side = (long)Math.Round(Math.Sqrt(cells));
        if (side * side != cells)
            throw new CaptionTLException($"A grid of {cells} cells is no square, so mirrored pictures cannot be averaged. Set decoding.mirror to false.");
        using var scope = NewDisposeScope();
        var numbers = grids.to(ScalarType.Float32);
        var turned = numbers.narrow(0, pictures, pictures).view(pictures, side, side, channels).flip(2).view(pictures, cells, channels);
        return numbers.narrow(0, 0, pictures).add(turned).mul(0.5f).MoveToOuterDisposeScope();
    }
}
