namespace CaptionTL.Datasets.Layouts;

/// <summary><c>captions_train2017.json</c> and its like; the split is in the file's name.</summary>
/// <remarks>Chen et al.: Microsoft COCO captions, arXiv:1504.00325.</remarks>
internal static class CocoLayout
{
    public static CaptionDataset? TryOpen(DatasetFiles files)
    {
        CaptionDatasetBuilder? builder = null;
        foreach (var (path, content) in CaptionJson.ReadAll(files))
        {
            if (content.Annotations is not { } annotations || !annotations.Any(a => a?.Caption != null)) continue;
            builder ??= new CaptionDatasetBuilder(files, "COCO captions");
            Read(builder, path, content.Images!, annotations);
        }
        return builder?.Build();
    }

    private static void Read(CaptionDatasetBuilder builder, string path, List<CaptionJson.Picture?> pictures, List<CaptionJson.Annotation?> annotations)
    {
        var split = SplitNames.FromName(DatasetFiles.FileName(path));
        var captions = annotations.Where(a => a?.ImageId != null).ToLookup(a => a!.ImageId!.Value, a => a!.Caption);
        var ids = new HashSet<long>();
        for (var i = 0; i < pictures.Count; i++)
        {
            if (pictures[i] is not { Id: { } id, CocoName: { } name }) builder.Problem(path, FormattableString.Invariant($"images[{i}] has no id or no file_name"));
            else if (!ids.Add(id)) builder.Problem(path, FormattableString.Invariant($"images[{i}] ({DatasetFiles.Shorten(name)}) has the id {id} of a picture before it: skipped"));
            else builder.Add(path, 0, name, captions[id], split);
        }
        foreach (var orphan in captions.Where(g => !ids.Contains(g.Key))) builder.Problem(path, FormattableString.Invariant($"a caption is for image_id {orphan.Key}, which is not among the images"));
        var without = annotations.Count(a => a?.ImageId == null);
        if (without > 0) builder.Problem(path, FormattableString.Invariant($"{without} annotations have no image_id"));
    }
}
