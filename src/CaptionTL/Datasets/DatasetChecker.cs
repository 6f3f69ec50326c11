using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using CaptionTL.Images;

namespace CaptionTL.Datasets;

/// <summary>Looks at every image, caption and label of a data set before hours are spent on it.</summary>
public sealed class DatasetChecker(ImageLimits? limits = null)
{
    private readonly ImageLimits _limits = limits ?? ImageLimits.Default;

    /// <param name="dataset">Any.</param>
    /// <param name="decode">Decode every image to the last pixel, which finds those cut off; else only headers are read.</param>
    /// <param name="progress">Told how many images are done, now and then, from any thread.</param>
    /// <param name="cancellation">Ends the check with <see cref="OperationCanceledException"/>.</param>
    public CaptionDatasetReport Check(CaptionDataset dataset, bool decode = false, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var looks = LookAtAll(dataset.Items, decode, progress, cancellation);
        return new CaptionDatasetReport(dataset, looks, decode, CaptionWords.Count(dataset.Items, cancellation));
    }

    /// <inheritdoc cref="Check(CaptionDataset, bool, IProgress{int}, CancellationToken)"/>
    public LabelledDatasetReport Check(LabelledDataset dataset, bool decode = false, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new LabelledDatasetReport(dataset, LookAtAll(dataset.Items, decode, progress, cancellation), decode);
    }

    private ImageLook[] LookAtAll(IReadOnlyList<DatasetItem> items, bool decode, IProgress<int>? progress,
        CancellationToken cancellation)
    {
        var looks = new ImageLook[items.Count];
        var done = 0;
        try
        {
            using var reader = new ImageReader(_limits);
            Parallel.For(0, items.Count,
                new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                looks[i] = LookAt(reader, items[i].Source, decode);
                if (Interlocked.Increment(ref done) is var n && (n % 64 == 0 || n == items.Count)) progress?.Report(n);
            });
        }
        catch (AggregateException e) when (e.InnerException is CaptionTLException failure)
        {
            // Nothing about one image, those are counted: the decoder itself is not there.
            ExceptionDispatchInfo.Throw(failure);
        }
        return looks;
    }

    private ImageLook LookAt(ImageReader reader, ImageSource source, bool decode)
    {
        byte[] bytes;
        try
        {
            bytes = reader.Read(source);
        }
        catch (CaptionTLException e)
        {
            return new ImageLook(0, null, null, e.Message);
        }
        var sha = Convert.ToHexStringLower(SHA256.HashData(bytes));
        try
        {
            var header = ImageDecoder.ReadHeader(bytes);
            _limits.Check(header);
            if (decode) ImageDecoder.Decode(bytes, _limits);
            return new ImageLook(bytes.Length, sha, header, null);
        }
        catch (ImageException e)
        {
            return new ImageLook(bytes.Length, sha, null, e.Message);
        }
    }
}
