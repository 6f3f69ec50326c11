using CaptionTL.Images;

namespace CaptionTL.Service.Serving;

/// <summary>Decodes and scales pictures, as many at once as there are cores: each may need some hundred megabytes.</summary>
internal sealed class PictureDecoding : IDisposable
{
    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount));

    /// <exception cref="ImageException">The picture cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Whoever asked is gone.</exception>
    public async Task<RgbImage> PrepareAsync(Preprocessor preprocessor, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await _cores.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => preprocessor.Prepare(bytes), cancellation);
        }
        finally
        {
            _cores.Release();
        }
    }

    public void Dispose() => _cores.Dispose();
}
