namespace CaptionTL.Datasets.Layouts;

/// <summary><c>dataset_flickr8k.json</c>, <c>dataset_coco.json</c>: pictures with their sentences and Karpathy's splits.</summary>
/// <remarks>Karpathy, Fei-Fei: Deep visual-semantic alignments for generating image descriptions, CVPR 2015.</remarks>
internal static class KarpathyLayout
{
    public static CaptionDataset? TryOpen(DatasetFiles files)
    {
        CaptionDatasetBuilder? builder = null;
        foreach (var (path, content) in CaptionJson.ReadAll(files))
        {
            if (!content.Images!.Any(i => i?.Sentences != null)) continue;
            builder ??= new CaptionDatasetBuilder(files, "Karpathy JSON");
            for (var i = 0; i < content.Images!.Count; i++)
            {
                var picture = content.Images[i];
                if (picture is not { KarpathyName: { } name, Sentences: { } sentences }) builder.Problem(path, FormattableString.Invariant($"images[{i}] has no filename or no sentences"));
                else builder.Add(path, 0, picture.Folder is { Length: > 0 } folder ? $"{folder}/{name}" : name, sentences.Select(s => s?.Text), Known(builder, path, i, picture.Split));
            }
        }
        return builder?.Build();
    }

    private static Split? Known(CaptionDatasetBuilder builder, string path, int index, string? word)
    {
        var split = SplitNames.Parse(word);
        if (split is null && word is not null) builder.Problem(path, FormattableString.Invariant($"images[{index}]: the split \"{DatasetFiles.Shorten(word)}\" is not known"));
        return split;
    }
}
