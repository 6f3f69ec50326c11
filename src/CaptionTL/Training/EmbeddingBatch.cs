using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Training;

/// <summary>Embeddings as a tensor.</summary>
internal static class EmbeddingBatch
{
    /// <summary>(N, P, C), fp16, in the order asked for.</summary>
    /// <param name="pictures">Where they are.</param>
    /// <param name="rows">Picture and view.</param>
    public static Tensor Gather(IPictureEmbeddings pictures, IReadOnlyList<(int Picture, int View)> rows)
    {
        using var batch = empty(rows.Count, pictures.Cells, pictures.Channels, dtype: ScalarType.Float16, device: CPU);
        pictures.CopyTo(rows, MemoryMarshal.Cast<byte, Half>(batch.bytes));
        return batch.to(get_default_device());
    }
}
