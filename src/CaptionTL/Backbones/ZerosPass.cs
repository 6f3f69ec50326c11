using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones;

/// <summary>One picture of zeros through a backbone, block by block, to learn shapes. Leaves mode and statistics as they were.</summary>
internal static class ZerosPass
{
    /// <summary>Calls <paramref name="visit"/> with the position and output (1, C, h, w) of each block, and with the top's scores (1, classes) last.</summary>
    /// <param name="backbone">Its own layers run, so it must not be folded into another type.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="last">Position of the last block to compute; the top follows when it is the number of blocks.</param>
    /// <param name="visit">Does not keep the tensor.</param>
    /// <exception cref="CaptionTLException">The architecture has no output for this size; the message says which size it needs.</exception>
    public static void Run(Backbone backbone, int height, int width, int last, Action<int, Tensor> visit)
    {
        using var scope = NewDisposeScope();
        using var _ = inference_mode();
        var x = zeros(1, backbone.Options.InputChannels, Math.Max(0, height), Math.Max(0, width), dtype: backbone.parameters().First().dtype);
        backbone.RequireFits(x);
        using var modes = new ModuleModes(backbone);
        for (var i = 0; i <= last; i++)
        {
            x = i < backbone.Blocks.Count ? backbone.Blocks[i].Forward(x) : backbone.Top(x);
            visit(i, x);
        }
    }
}
