namespace CaptionTL.Datasets.Layouts;

/// <summary>
/// Flickr8k's and Flickr30k's own files: captions in <c>Flickr8k.token.txt</c> or <c>results_20130124.token</c>, lines of
/// <c>NAME.jpg#n TAB caption</c>; splits in <c>Flickr_8k.trainImages.txt</c> and the like (or <c>train.txt</c>, …), a name a line.
/// </summary>
/// <remarks>Hodosh, Young, Hockenmaier: Framing image description as a ranking task, JAIR 2013; Young et al., TACL 2014.</remarks>
internal static class FlickrLayout
{
    public static CaptionDataset? TryOpen(DatasetFiles files)
    {
        var token = files.Paths.FirstOrDefault(p => IsTokenFile(p) && (files.Named is null || p == files.Named));
        if (token is null) return null;
        var builder = new CaptionDatasetBuilder(files, "Flickr8k/30k");
        foreach (var (number, line) in files.Lines(token)) ReadCaption(builder, token, number, line);
        foreach (var list in files.Paths.Where(IsSplitList))
        {
            var split = SplitNames.FromName(DatasetFiles.FileName(list))!.Value;
            foreach (var (number, line) in files.Lines(list))
                if (!string.IsNullOrWhiteSpace(line)) builder.AddToSplit(list, number, line, split);
        }
        return builder.Build();
    }

    private static void ReadCaption(CaptionDatasetBuilder builder, string token, int number, string? line)
    {
        var where = FormattableString.Invariant($"{token}:{number}");
        if (line is null) builder.Problem(where, "the line is not UTF-8 text");
        else if (line.Length == 0) return;
        else if (line.IndexOf('\t') is > 0 and var tab) builder.Add(token, number, Image(line[..tab]), [line[(tab + 1)..]]);
        else builder.Problem(where, "the line has no tab between the image and the caption");
    }

    /// <summary>"NAME.jpg#3" without its number.</summary>
    private static string Image(string key) => key.LastIndexOf('#') is > 0 and var hash ? key[..hash] : key;

    /// <summary>Not the lemmatised captions that come with Flickr8k.</summary>
    private static bool IsTokenFile(string path)
    {
        var name = DatasetFiles.FileName(path);
        return (name.EndsWith(".token.txt", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".token", StringComparison.OrdinalIgnoreCase))
            && !name.Contains("lemma", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsSplitList(string path)
    {
        var name = DatasetFiles.FileName(path);
        return name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) && !IsTokenFile(path)
            && !name.Contains("lemma", StringComparison.OrdinalIgnoreCase)
            && SplitNames.FromName(System.IO.Path.GetFileNameWithoutExtension(name)) != null;
    }
}
