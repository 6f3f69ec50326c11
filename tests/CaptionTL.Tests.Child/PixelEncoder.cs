using CaptionTL.Embeddings;
using CaptionTL.Images;

namespace CaptionTL.Tests.Child;

/// <summary>A small encoder without a network: every cell of a 4 × 4 grid is projected onto random directions and rectified.</summary>
public sealed class PixelEncoder : IImageEncoder
{
    private const int Side = 32, Grid = 4, CellSide = Side / Grid, Inputs = CellSide * CellSide * 3;

    private readonly float[] _weights; // (channels, inputs)

    public PixelEncoder(int seed = 1, int channels = 64)
    {
        var random = new Random(seed);
        (Channels, Fingerprint) = (channels, $"pixels-{channels}-{seed}");
        _weights = new float[channels * Inputs];
        for (var i = 0; i < _weights.Length; i++) _weights[i] = random.NextSingle() - 0.5f;
    }

    public string Fingerprint { get; }

    public Preprocessing Preprocessing { get; } = new() { Height = Side, Width = Side, Mean = [0, 0, 0], Std = [1, 1, 1],
        Resize = ResizeMode.Squash };

    public int Cells => Grid * Grid;

    public int Channels { get; }

    /// <summary>Images computed so far.</summary>
    public int Count { get; private set; }

    public void Encode(IReadOnlyList<RgbImage> images, Span<Half> destination)
    {
        var at = 0;
        var cell = new float[Inputs];
        foreach (var image in images)
        {
            if (image.Width != Side || image.Height != Side) throw new ArgumentException($"images must be {Side} × {Side}");
            for (var c = 0; c < Cells; c++)
            {
                Read(image, c, cell);
                for (var k = 0; k < Channels; k++)
                {
                    var sum = 0f;
                    for (var i = 0; i < Inputs; i++) sum += cell[i] * _weights[k * Inputs + i];
                    destination[at++] = (Half)Math.Max(0, sum);
                }
            }
            Count++;
        }
    }

    private static void Read(RgbImage image, int cell, float[] values)
    {
        var (top, left) = (cell / Grid * CellSide, cell % Grid * CellSide);
        var n = 0;
        for (var y = 0; y < CellSide; y++)
            for (var x = 0; x < CellSide * 3; x++)
                values[n++] = image.Pixels[((top + y) * Side + left) * 3 + x] / 255f;
    }
}
