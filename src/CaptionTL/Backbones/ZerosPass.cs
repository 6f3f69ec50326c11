using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>One picture of zeros through a backbone, block by block, to learn shapes. Leaves mode and statistics as they were.</summary>
internal static class ZerosPass
{
    // Squares up to this size are tried when a size is refused, to say which one would do.
    private const int LargestTried = 512;

    /// <summary>Calls <paramref name="visit"/> with the position and output (1, C, h, w) of each block, and with the top's scores (1, classes) last.</summary>
    /// <param name="backbone">Not folded.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="last">Position of the last block to compute; the top follows when it is the number of blocks.</param>
    /// <param name="visit">Does not keep the tensor.</param>
    /// <exception cref="CaptionTLException">The architecture has no output for this size; the message says which size it needs.</exception>
    public static void Run(Backbone backbone, int height, int width, int last, Action<int, Tensor> visit)
    {
        if (height < 1 || width < 1) throw new CaptionTLException(FormattableString.Invariant($"The input is {height} × {width} pixels; it needs at least one row and one column."));
        var modes = backbone.modules().Prepend(backbone).Select(m => (Module: m, m.training)).ToList();
        backbone.eval();
        try
        {
            if (Failure(backbone, height, width, last, visit) is not { } failure) return;
            var smallest = SmallestSquare(backbone, last);
            throw new CaptionTLException(FormattableString.Invariant(
                $"{backbone.Architecture} cannot take pictures of {height} × {width} pixels: {failure.Block} has too few cells to work on. ") +
                (smallest is { } size ? FormattableString.Invariant($"The smallest square it takes is {size} × {size}.") : "Try the size its weights were trained on; see 'captiontl models list'."),
                inner: failure.Error);
        }
        finally
        {
            // Parents come before their children, whose own mode is set after theirs.
            foreach (var (module, training) in modes) module.train(training);
        }
    }

    private static (string Block, Exception Error)? Failure(Backbone backbone, int height, int width, int last, Action<int, Tensor>? visit)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var x = zeros(1, backbone.Options.InputChannels, height, width, dtype: backbone.parameters().First().dtype);
        for (var i = 0; i <= last; i++)
        {
            try
            {
                x = i < backbone.Blocks.Count ? backbone.Blocks[i].Forward(x) : backbone.Top(x);
            }
            catch (ExternalException e) // the engine's: a kernel larger than what it slides over, an output without cells
            {
                return (i < backbone.Blocks.Count ? $"its block {backbone.Blocks[i].Name}" : "its top", e);
            }
            visit?.Invoke(i, x);
        }
        return null;
    }

    private static int? SmallestSquare(Backbone backbone, int last)
    {
        var fits = 8;
        while (fits <= LargestTried && Failure(backbone, fits, fits, last, null) is not null) fits *= 2;
        if (fits > LargestTried) return null;
        var tooSmall = fits == 8 ? 0 : fits / 2;
        while (fits - tooSmall > 1)
        {
            var middle = (fits + tooSmall) / 2;
            if (Failure(backbone, middle, middle, last, null) is null) fits = middle;
            else tooSmall = middle;
        }
        return fits;
    }
}
