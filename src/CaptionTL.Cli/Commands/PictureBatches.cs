using CaptionTL.Cli.Output;
using CaptionTL.Datasets;
using CaptionTL.Images;

namespace CaptionTL.Cli.Commands;

/// <summary>Pictures of many files, batch by batch, with progress; files that cannot be used are told on standard error and counted.</summary>
internal sealed class PictureBatches(CommandRun run, IReadOnlyList<string> files, Preprocessor preprocessor) : IDisposable
{
    private readonly PreparedBatches _batches = new(preprocessor);
    private readonly ProgressView? _progress = files.Count > PreparedBatches.PicturesAtOnce ? run.Progress() : null;

    /// <summary>Files that could not be used so far.</summary>
    public int Failed { get; private set; }

    /// <summary>The pictures that can be used, with their files, in order.</summary>
    /// <param name="report">Also told of each file that cannot be used, and why.</param>
    public IEnumerable<(IReadOnlyList<string> Names, IReadOnlyList<RgbImage> Pictures)> Read(Action<string, string> report)
    {
        var done = 0;
        foreach (var batch in _batches.Read(files.Select(f => (f, new PictureSource(f))), run.CancellationToken))
        {
            var good = batch.Where(p => p.Picture is not null).ToList();
            foreach (var (file, _, problem) in batch.Where(p => p.Picture is null))
            {
                run.Error.WriteLine($"captiontl: {file}: {problem}");
                report(file, problem!);
                Failed++;
            }
            yield return ([.. good.Select(p => p.Id)], [.. good.Select(p => p.Picture!)]);
            done += batch.Count;
            _progress?.Report("pictures", done, files.Count, "pictures");
        }
    }

    public void Dispose()
    {
        _progress?.Dispose();
        _batches.Dispose();
    }
}
