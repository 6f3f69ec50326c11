using System.Globalization;
using CaptionTL.Cli.Output;
using CaptionTL.Images;

namespace CaptionTL.Cli.Commands;

/// <summary>Pictures of many files, batch by batch, with progress; files that cannot be used are told on standard error and counted.</summary>
internal sealed class PictureBatches(CommandRun run, IReadOnlyList<string> files, Preprocessor preprocessor) : IDisposable
{
    private const int PicturesAtOnce = 16;

    private readonly ProgressView? _progress = files.Count > PicturesAtOnce ? run.Progress() : null;

    /// <summary>Files that could not be used so far.</summary>
    public int Failed { get; private set; }

    /// <summary>The pictures that can be used, with their files, in order.</summary>
    /// <param name="report">Also told of each file that cannot be used, and why.</param>
    public IEnumerable<(IReadOnlyList<string> Names, IReadOnlyList<RgbImage> Pictures)> Read(Action<string, string> report)
    {
        var done = 0;
        foreach (var batch in files.Chunk(PicturesAtOnce))
        {
            run.CancellationToken.ThrowIfCancellationRequested();
            var (names, pictures) = (new List<string>(), new List<RgbImage>());
            foreach (var (file, picture, problem) in batch.AsParallel().AsOrdered().Select(Prepare))
            {
                if (picture is null)
                {
                    run.Error.WriteLine($"captiontl: {file}: {problem}");
                    report(file, problem!);
                    Failed++;
                    continue;
                }
                names.Add(file);
                pictures.Add(picture);
            }
            yield return (names, pictures);
            done += batch.Length;
            _progress?.Report("pictures", done, files.Count, "pictures");
        }
    }

    public void Dispose() => _progress?.Dispose();

    private (string File, RgbImage? Picture, string? Problem) Prepare(string file)
    {
        try
        {
            var length = new FileInfo(file).Length;
            if (length > ImageLimits.Default.MaxBytes) return (file, null, string.Create(CultureInfo.InvariantCulture, $"the file has {Units.Bytes(length)}, at most {Units.Bytes(ImageLimits.Default.MaxBytes)} are read"));
            return (file, preprocessor.Prepare(File.ReadAllBytes(file)), null);
        }
        catch (Exception e) when (e is CaptionTLException or IOException or UnauthorizedAccessException)
        {
            return (file, null, e.Message);
        }
    }
}
