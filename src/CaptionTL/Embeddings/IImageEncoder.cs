using CaptionTL.Images;

namespace CaptionTL.Embeddings;

/// <summary>The frozen prefix of a CNN, seen from the cache: prepared pixels in, one embedding a picture out.</summary>
public interface IImageEncoder
{
    /// <summary>Architecture, weights' SHA-256, cut, preprocessing and arithmetic, parted by semicolons: embeddings with equal fingerprints are interchangeable.</summary>
    string Fingerprint { get; }

    /// <summary>What the pixels must have gone through.</summary>
    Preprocessing Preprocessing { get; }

    /// <summary>Cells of the grid, h·w.</summary>
    int Cells { get; }

    int Channels { get; }

    /// <summary>
    /// Embeddings of a batch, row-major (images, cells, channels), fp16, written to <paramref name="destination"/>
    /// (images · <see cref="Cells"/> · <see cref="Channels"/> numbers). Every image has the size of <see cref="Preprocessing"/>.
    /// Not thread-safe: one caller at a time.
    /// </summary>
    void Encode(IReadOnlyList<RgbImage> images, Span<Half> destination);
}
