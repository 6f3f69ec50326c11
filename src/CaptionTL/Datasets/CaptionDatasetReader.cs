using CaptionTL.Datasets.Layouts;

namespace CaptionTL.Datasets;

/// <summary>Opens a data set of pictures with captions, whichever of the known layouts it has.</summary>
public static class CaptionDatasetReader
{
    internal const string LookedFor = """
          Flickr8k/30k: *.token.txt or *.token with lines "NAME.jpg#0<TAB>caption", and a folder of pictures
          Karpathy: a .json with images[].sentences[].raw
          COCO captions: captions_*.json with images[] and annotations[].caption
          metadata.jsonl: a line like {"file_name": "a.jpg", "text": "A dog runs."} for each picture
          CSV: a .csv or .tsv with columns like image and caption
        """;

    /// <summary>Each says null where it does not recognise itself. The most specific come first.</summary>
    private static readonly Func<DatasetFiles, CaptionDataset?>[] Layouts =
        [FlickrLayout.TryOpen, KarpathyLayout.TryOpen, CocoLayout.TryOpen, MetadataLayout.TryOpen, CsvLayout.TryOpen];

    /// <param name="path">A folder, a zip archive, or one caption file next to its pictures.</param>
    /// <exception cref="CaptionTLException">Nothing there, no known layout, no usable picture, or labels instead of captions; the message says what was looked for and what there is.</exception>
    public static CaptionDataset Open(string path) => DatasetReader.Read(path, files =>
    {
        var found = TryOpen(files);
        if (found is { Items.Count: > 0 }) return found;
        if (LabelledDatasetReader.TryOpen(files) is { Classes.Count: > 1 } labels) throw LabelsFound(labels);
        throw found is null ? DatasetReader.Unknown(files, "captions", LookedFor) : Unusable(found);
    });

    /// <summary>The first layout that gives pictures with captions; else one that recognises itself but has nothing usable; else null.</summary>
    internal static CaptionDataset? TryOpen(DatasetFiles files)
    {
        CaptionDataset? unusable = null;
        foreach (var layout in Layouts)
        {
            var found = layout(files);
            if (found is { Items.Count: > 0 }) return found;
            unusable ??= found;
        }
        return unusable;
    }

    internal static CaptionTLException Unusable(CaptionDataset dataset) =>
        new($"{dataset.Path}: looks like {dataset.Layout}, but not one picture with a caption can be used. {DatasetReader.FirstProblems(dataset)}");

    private static CaptionTLException LabelsFound(LabelledDataset labels)
    {
        const int Few = 5;
        var names = string.Join(", ", labels.Classes.Take(Few)) + (labels.Classes.Count > Few ? ", …" : "");
        return new CaptionTLException($"{labels.Path}: captions are wanted, but there are labels: {labels.Layout}, {labels.Items.Count} pictures in {labels.Classes.Count} classes ({names}). They fit a classifier: captiontl train --data with a plan for classes; captiontl data check shows what there is.");
    }
}
