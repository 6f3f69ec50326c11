using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CaptionTL.Datasets.Layouts;

/// <summary>What COCO's and Karpathy's JSON files have of interest; all else in them is skipped while reading.</summary>
internal sealed class CaptionJson
{
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowReadingFromString,
        AllowTrailingCommas = true };

    [JsonPropertyName("images")] public List<Image?>? Images { get; init; }

    [JsonPropertyName("annotations")] public List<Annotation?>? Annotations { get; init; }

    internal sealed class Image
    {
        [JsonPropertyName("id")] public long? Id { get; init; }

        [JsonPropertyName("file_name")] public string? CocoName { get; init; }

        [JsonPropertyName("filename")] public string? KarpathyName { get; init; }

        [JsonPropertyName("filepath")] public string? Folder { get; init; }

        [JsonPropertyName("split")] public string? Split { get; init; }

        [JsonPropertyName("sentences")] public List<Sentence?>? Sentences { get; init; }
    }

    internal sealed class Annotation
    {
        [JsonPropertyName("image_id")] public long? ImageId { get; init; }

        [JsonPropertyName("caption")] public string? Caption { get; init; }
    }

    internal sealed class Sentence
    {
        [JsonPropertyName("raw")] public string? Raw { get; init; }

        [JsonPropertyName("tokens")] public List<string>? Tokens { get; init; }

        public string? Text => Raw ?? (Tokens is null ? null : string.Join(' ', Tokens));
    }

    /// <summary>Every .json file with a list "images"; others are none of ours, a broken one is a problem.</summary>
    public static IEnumerable<(string Path, CaptionJson Content)> ReadAll(DatasetFiles files)
    {
        foreach (var path in files.WithExtension(".json")
            .Where(p => !DatasetFiles.FileName(p).StartsWith("instances_", StringComparison.Ordinal)))
        {
            CaptionJson? content = null;
            try
            {
                using var stream = files.Open(path);
                content = JsonSerializer.Deserialize<CaptionJson>(stream, Options);
            }
            catch (JsonException e)
            {
                var problem = new DatasetProblem(path, $"not the JSON of a data set: {e.Message}");
                if (!files.Problems.Contains(problem)) files.Problems.Add(problem);
            }
            if (content?.Images is { Count: > 0 }) yield return (path, content);
        }
    }
}

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

    private static void Read(CaptionDatasetBuilder builder, string path, List<CaptionJson.Image?> images,
        List<CaptionJson.Annotation?> annotations)
    {
        var split = SplitNames.FromName(DatasetFiles.FileName(path));
        var captions = annotations.Where(a => a?.ImageId != null).ToLookup(a => a!.ImageId!.Value, a => a!.Caption);
        var ids = new HashSet<long>();
        for (var i = 0; i < images.Count; i++)
        {
            if (images[i] is not { Id: { } id, CocoName: { } name })
                builder.Problem(path, FormattableString.Invariant($"images[{i}] has no id or no file_name"));
            else if (!ids.Add(id))
                builder.Problem(path,
                    string.Create(CultureInfo.InvariantCulture, $"images[{i}] ({DatasetFiles.Shorten(name)}) has the id {id} of a "
                    + $"image before it: skipped"));
            else builder.Add(path, 0, name, captions[id], split);
        }
        foreach (var orphan in captions.Where(g => !ids.Contains(g.Key)))
            builder.Problem(path, FormattableString.Invariant($"a caption is for image_id {orphan.Key}, which is not among the images"));
        var without = annotations.Count(a => a?.ImageId == null);
        if (without > 0) builder.Problem(path, FormattableString.Invariant($"{without} annotations have no image_id"));
    }
}

/// <summary><c>dataset_flickr8k.json</c>, <c>dataset_coco.json</c>: images with their sentences and Karpathy's splits.</summary>
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
                var image = content.Images[i];
                if (image is not { KarpathyName: { } name, Sentences: { } sentences })
                    builder.Problem(path, FormattableString.Invariant($"images[{i}] has no filename or no sentences"));
                else builder.Add(path, 0, image.Folder is { Length: > 0 } folder ? $"{folder}/{name}" : name,
                    sentences.Select(s => s?.Text), Known(builder, path, i, image.Split));
            }
        }
        return builder?.Build();
    }

    private static Split? Known(CaptionDatasetBuilder builder, string path, int index, string? word)
    {
        var split = SplitNames.Parse(word);
        if (split is null && word is not null)
            builder.Problem(path,
                FormattableString.Invariant($"images[{index}]: the split \"{DatasetFiles.Shorten(word)}\" is not known"));
        return split;
    }
}
