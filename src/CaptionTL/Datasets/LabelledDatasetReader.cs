using CaptionTL.Datasets.Layouts;

namespace CaptionTL.Datasets;

/// <summary>Opens a data set of pictures with a label each, whichever of the known layouts it has.</summary>
public static class LabelledDatasetReader
{
    internal const string LookedFor = """
          class folders: two or more folders, each with the pictures of one class; also below train, val and test
          JSON lines: a line like {"file_name": "a.jpg", "label": "cat"} for each picture in metadata.jsonl or another .jsonl
          CSV with labels: a .csv or .tsv with columns like file and label
        """;

    /// <param name="path">A folder, a zip archive, or one label file next to its pictures.</param>
    /// <exception cref="CaptionTLException">Nothing there, no known layout, no usable picture, one class only, or captions instead of labels; the message says what was looked for and what there is.</exception>
    public static LabelledDataset Open(string path) => DatasetReader.Read(path, files =>
    {
        var found = FromFiles(files);
        if (found is { Items.Count: > 0 }) return Checked(found);
        // Before folders are taken for classes: train2017 and val2017 beside captions are none.
        if (CaptionDatasetReader.TryOpen(files) is { Items.Count: > 0 } captions) throw CaptionsFound(captions);
        if (ClassFolderLayout.TryOpen(files) is { Items.Count: > 0 } folders) return Checked(folders);
        throw found is null ? DatasetReader.Unknown(files, "labels", LookedFor) : Unusable(found);
    });

    /// <summary>Label files first, then class folders. Null where nothing is recognised; what is may have no usable picture, or one class.</summary>
    internal static LabelledDataset? TryOpen(DatasetFiles files)
    {
        var found = FromFiles(files);
        return found is { Items.Count: > 0 } ? found : ClassFolderLayout.TryOpen(files) ?? found;
    }

    /// <exception cref="CaptionTLException">There is one class.</exception>
    internal static LabelledDataset Checked(LabelledDataset dataset) => dataset.Classes.Count > 1
        ? dataset
        : throw new CaptionTLException($"{dataset.Path}: all pictures that can be used ({dataset.Items.Count}) are of one class, {dataset.Classes[0]} ({dataset.Layout}); a classifier needs at least two. Add pictures of another class, each class in a folder of its own or with a label of its own."
            + (dataset.Problems.Count > 0 ? $" {DatasetReader.FirstProblems(dataset)}" : ""));

    internal static CaptionTLException Unusable(LabelledDataset dataset) =>
        new($"{dataset.Path}: looks like {dataset.Layout}, but not one picture with a label can be used. {DatasetReader.FirstProblems(dataset)}");

    private static LabelledDataset? FromFiles(DatasetFiles files)
    {
        var lines = JsonLabelLayout.TryOpen(files);
        if (lines is { Items.Count: > 0 }) return lines;
        var table = CsvLabelLayout.TryOpen(files);
        return table is { Items.Count: > 0 } ? table : lines ?? table;
    }

    private static CaptionTLException CaptionsFound(CaptionDataset captions) =>
        new($"{captions.Path}: labels are wanted, but there are captions: {captions.Layout}, {captions.Items.Count} pictures. They fit a caption model: captiontl train --data with a plan for captions. To sort pictures into classes, put those of each class into a folder of its own, or name a label for each in a CSV with the header file,label.");
}
