using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using CaptionTL.Images;

namespace CaptionTL.Datasets;

/// <summary>Looks at every picture and caption of a data set before hours are spent on it.</summary>
public sealed partial class DatasetChecker(IImageDecoder? decoder = null, ImageLimits? limits = null)
{
    private const int CommonWords = 20;

    private readonly IImageDecoder _decoder = decoder ?? ImageDecoders.Default;
    private readonly ImageLimits _limits = limits ?? ImageLimits.Default;

    private sealed record Look(long Bytes, string? Sha256, ImageHeader? Header, string? Problem);

    /// <param name="dataset">Any.</param>
    /// <param name="decode">Decode every picture to the last pixel, which finds those cut off; else only headers are read.</param>
    /// <param name="progress">Told how many pictures are done, now and then, from any thread.</param>
    /// <param name="cancellation">Ends the check with <see cref="OperationCanceledException"/>.</param>
    public DatasetReport Check(CaptionDataset dataset, bool decode = false, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var items = dataset.Items;
        var looks = new Look[items.Count];
        var done = 0;
        try
        {
            using var reader = new PictureReader(_limits);
            Parallel.For(0, items.Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                looks[i] = LookAt(reader, items[i].Source, decode);
                if (Interlocked.Increment(ref done) is var n && (n % 64 == 0 || n == items.Count)) progress?.Report(n);
            });
        }
        catch (AggregateException e) when (e.InnerException is CaptionTLException failure)
        {
            // Nothing about one picture, those are counted: the decoder itself is not there.
            ExceptionDispatchInfo.Throw(failure);
        }
        var headers = looks.Where(l => l.Header != null).Select(l => l.Header!).ToList();
        var (lengths, words) = CountWords(items, cancellation);
        return new DatasetReport
        {
            Name = dataset.Name, Path = dataset.Path, Layout = dataset.Layout, Pictures = items.Count, Captions = lengths.Count, Decoded = decode,
            Splits = items.GroupBy(i => i.Split).OrderBy(g => g.Key is { } s ? (int)s : int.MaxValue).ToDictionary(g => g.Key is { } s ? s.ToString().ToLowerInvariant() : "none", g => g.Count()),
            CaptionsPerPicture = Range(items.Select(i => i.Captions.Count)), WordsPerCaption = Range(lengths),
            VocabularySize = words.Count, WordsSeenOnce = words.Count(w => w.Value == 1),
            MostCommonWords = [.. words.OrderByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.Ordinal).Take(CommonWords).Select(w => new WordCount(w.Key, w.Value))],
            Width = Range(headers.Select(h => h.Width)), Height = Range(headers.Select(h => h.Height)),
            Formats = headers.GroupBy(h => h.Format).OrderBy(g => g.Key).ToDictionary(g => g.Key.ToString().ToLowerInvariant(), g => g.Count()),
            Bytes = looks.Sum(l => l.Bytes), Duplicates = FindDuplicates(items, looks),
            Unreadable = [.. items.Zip(looks).Where(p => p.Second.Problem != null).Select(p => new DatasetProblem(p.First.Id, p.Second.Problem!))],
            Skipped = dataset.Problems,
        };
    }

    private Look LookAt(PictureReader reader, PictureSource source, bool decode)
    {
        byte[] bytes;
        try
        {
            bytes = reader.Read(source);
        }
        catch (CaptionTLException e)
        {
            return new Look(0, null, null, e.Message);
        }
        var sha = Convert.ToHexStringLower(SHA256.HashData(bytes));
        try
        {
            var header = _decoder.ReadHeader(bytes);
            _limits.CheckSize(header.Width, header.Height);
            if (decode) _decoder.Decode(bytes, _limits);
            return new Look(bytes.Length, sha, header, null);
        }
        catch (ImageException e)
        {
            return new Look(bytes.Length, sha, null, e.Message);
        }
    }

    private static List<DuplicateGroup> FindDuplicates(IReadOnlyList<CaptionItem> items, Look[] looks) =>
    [
        .. items.Zip(looks).Where(p => p.Second.Sha256 != null).GroupBy(p => p.Second.Sha256!, p => p.First, StringComparer.Ordinal).Where(g => g.Skip(1).Any())
            .Select(g => new DuplicateGroup(g.Key, [.. g.Select(i => i.Id)], g.Select(i => i.Split).Where(s => s != null).Distinct().Skip(1).Any())),
    ];

    private static (List<int> Lengths, Dictionary<string, int> Words) CountWords(IReadOnlyList<CaptionItem> items, CancellationToken cancellation)
    {
        var (lengths, words) = (new List<int>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var caption in item.Captions)
            {
                var length = 0;
                foreach (var match in Word().EnumerateMatches(caption))
                {
                    length++;
                    var word = caption.Substring(match.Index, match.Length).ToLowerInvariant();
                    words[word] = words.GetValueOrDefault(word) + 1;
                }
                lengths.Add(length);
            }
        }
        return (lengths, words);
    }

    private static NumberRange Range(IEnumerable<int> numbers)
    {
        var all = numbers.ToList();
        return all.Count == 0 ? new NumberRange(0, 0, 0) : new NumberRange(all.Min(), all.Average(), all.Max());
    }

    /// <summary>Letters and digits, with apostrophes and hyphens inside.</summary>
    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+(?:['’\-][\p{L}\p{M}\p{N}]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
