using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Memory;

namespace CaptionTL.Images;

/// <summary>
/// How ImageSharp is used here: one thread an image, since whole batches are decoded side by side; few buffers kept between images; and
/// no buffer larger than an image of the size in its header can need, so that a file that got past its header's checks still cannot
/// ask for gigabytes.
/// </summary>
internal static class ImageSharpSetup
{
    /// <summary>Most photos of phones; beyond them a buffer is given back to the system at once.</summary>
    private const long OrdinaryPixels = 1 << 24;

    /// <summary>Four channels of 16 bits, the widest that is decoded.</summary>
    private const int BytesPerPixel = 8;

    private const int Megabyte = 1 << 20, SpareMegabytes = 16, PooledMegabytes = 64;

    private static readonly Configuration Ordinary = Create(OrdinaryPixels * BytesPerPixel / Megabyte, PooledMegabytes);
    private static readonly Configuration Large = Create((Array.MaxLength / 3L) * BytesPerPixel / Megabyte, 0);

    /// <param name="pixels">Width × height of the image.</param>
    public static Configuration For(long pixels) => pixels <= OrdinaryPixels ? Ordinary : Large;

    private static Configuration Create(long limitMegabytes, int pooledMegabytes) => new()
    {
        MaxDegreeOfParallelism = 1,
        MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions
        {
            MaximumPoolSizeMegabytes = pooledMegabytes, AllocationLimitMegabytes = (int)limitMegabytes + SpareMegabytes,
        }),
    };
}
