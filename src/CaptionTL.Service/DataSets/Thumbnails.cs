using CaptionTL.IO;
using CaptionTL.Images;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.DataSets;

/// <summary>
/// Small versions of a data set's images, made when first asked for and kept beside them. An image's bytes never change under its id.
/// </summary>
internal sealed class Thumbnails(DataSetStore store, IOptions<DataSetOptions> options) : IDisposable
{
    // Decoding takes memory by the pixel; a page asks for fifty at once.
    private readonly SemaphoreSlim _atOnce = new(Math.Max(1, Environment.ProcessorCount));
    private readonly ThumbnailMaker _maker = new(options.Value.ThumbnailSide);

    /// <returns>Path of the JPEG.</returns>
    /// <exception cref="ImageException">The image cannot be read.</exception>
    public async Task<string> PathAsync(string set, ImageRow row, CancellationToken cancellation)
    {
        var files = store.Files(set);
        var path = files.Thumbnail(row);
        if (File.Exists(path)) return path;
        await _atOnce.WaitAsync(cancellation);
        try
        {
            if (File.Exists(path)) return path;
            var bytes = await File.ReadAllBytesAsync(files.Image(row), cancellation);
            var (jpeg, _) = await Task.Run(() => _maker.Make(bytes), cancellation);
            AtomicFile.WriteAllBytes(path, jpeg);
            return path;
        }
        finally
        {
            _atOnce.Release();
        }
    }

    public void Dispose() => _atOnce.Dispose();
}
