using CaptionTL.Images;

namespace CaptionTL.Datasets;

/// <summary>Pictures for a model, batch by batch, each batch read and prepared on all cores.</summary>
/// <param name="preprocessor">The model's.</param>
public sealed class PreparedBatches(Preprocessor preprocessor) : IDisposable
{
    /// <summary>In a batch; the last one may have fewer.</summary>
    public const int PicturesAtOnce = 16;

    private readonly PictureReader _reader = new();

    /// <summary>All pictures in order; those that cannot be read say why.</summary>
    /// <param name="pictures">Names and places.</param>
    /// <param name="cancellation">Asked between batches.</param>
    public IEnumerable<IReadOnlyList<PreparedPicture>> Read(IEnumerable<(string Id, PictureSource Source)> pictures, CancellationToken cancellation = default)
    {
        foreach (var batch in pictures.Chunk(PicturesAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return [.. batch.AsParallel().AsOrdered().Select(p => Prepare(p.Id, p.Source))];
        }
    }

    public void Dispose() => _reader.Dispose();

    private PreparedPicture Prepare(string id, PictureSource source)
    {
        try
        {
            return new PreparedPicture(id, preprocessor.Prepare(_reader.Read(source)));
        }
        catch (CaptionTLException e)
        {
            var name = $"{source.DisplayName}: ";
            return new PreparedPicture(id, null, e.Message.StartsWith(name, StringComparison.Ordinal) ? e.Message[name.Length..] : e.Message);
        }
    }
}
