using System.Collections.Concurrent;
using System.Text.Json;
using CaptionTL.Datasets;
using CaptionTL.IO;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.DataSets;

/// <summary>What the library's checker says of a version; worked out once, then kept beside it.</summary>
internal sealed class DataSetChecks(DataSetStore store)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    public async Task<DataSetReport> ReportAsync(DataSetSnapshot set, CancellationToken cancellation)
    {
        var files = store.Files(set.State.Name);
        var kept = files.Report(set.State.Version);
        var turn = _turns.GetOrAdd(set.State.Name, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellation);
        try
        {
            if (File.Exists(kept))
                return JsonSerializer.Deserialize<DataSetReport>(await File.ReadAllBytesAsync(kept, cancellation), Json.Compact)!;
            var report = await Task.Run(() => Make(set, files, cancellation), cancellation);
            AtomicFile.Write(kept, stream => JsonSerializer.Serialize(stream, report, Json.Compact));
            return report;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The library's reader for the data set's kind.</summary>
    public static Dataset Open(DataSetSnapshot set, DataSetFiles files)
    {
        var path = files.Version(set.State.Version);
        return set.State.Kind == DataSetKind.Captions ? CaptionDatasetReader.Open(path) : LabelledDatasetReader.Open(path);
    }

    public static Func<string, ImageName> Namer(DataSetSnapshot set)
    {
        var byFile = set.Rows.ToDictionary(r => r.File, StringComparer.Ordinal);
        return file => new ImageName(byFile[file].Id, byFile[file].Name);
    }

    private static DataSetReport Make(DataSetSnapshot set, DataSetFiles files, CancellationToken cancellation)
    {
        Dataset dataset;
        try
        {
            dataset = Open(set, files);
        }
        catch (CaptionTLException e) when (e.IsInput)
        {
            return new DataSetReport(set.State.Version, Problem(set, files, e));
        }
        var checker = new DatasetChecker();
        return dataset switch
        {
            CaptionDataset captions => Of(set, files, checker.Check(captions, cancellation: cancellation)),
            LabelledDataset labels => Of(set, files, checker.Check(labels, cancellation: cancellation)),
            _ => throw new InvalidOperationException($"{dataset.GetType().Name} has no check"),
        };
    }

    private static DataSetReport Of(DataSetSnapshot set, DataSetFiles files, DatasetReport report)
    {
        var name = Namer(set);
        var common = new DataSetReport(set.State.Version, null)
        {
            Width = report.Width, Height = report.Height, Formats = report.Formats,
            Duplicates = [.. report.Duplicates.Select(d => new SameImages([.. d.Ids.Select(name)], d.AcrossSplits, d.AcrossClasses))],
            DuplicatesAcrossSplits = report.DuplicatesAcrossSplits,
            DuplicatesAcrossClasses = report.Duplicates.Count(d => d.AcrossClasses),
            Unreadable = [.. report.Unreadable.Select(u => new UnusableImage(name(u.Where), Hidden(u.Reason, files)))],
        };
        return report switch
        {
            CaptionDatasetReport captions => common with
            {
                CaptionsPerImage = captions.CaptionsPerImage, WordsPerCaption = captions.WordsPerCaption,
                VocabularySize = captions.VocabularySize, WordsSeenOnce = captions.WordsSeenOnce,
                MostCommonWords = captions.MostCommonWords,
            },
            LabelledDatasetReport labels =>
                common with { Imbalance = labels.Imbalance, LargestShare = labels.LargestShare, Notes = labels.Notes },
            _ => common,
        };
    }

    /// <summary>The library speaks of the version's file; callers know the data set.</summary>
    private static string Problem(DataSetSnapshot set, DataSetFiles files, CaptionTLException e) =>
        set.Rows.Count(r => r.IsDescribed) switch
        {
            0 => set.State.Kind == DataSetKind.Captions ? "No image has a caption yet." : "No image has a class yet.",
            _ when set.State.Kind == DataSetKind.Classes && set.Rows.Select(r => r.Label).OfType<string>().Distinct().Count() == 1 =>
                "All images that have a class have the same one; a classifier needs at least two.",
            _ => Hidden(e.Message, files),
        };

    private static string Hidden(string message, DataSetFiles files) =>
        message.Replace(files.Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
            .Replace(files.Folder, "the data set", StringComparison.Ordinal);
}
