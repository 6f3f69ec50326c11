using System.Text.Json;
using System.Text.Json.Serialization;

namespace CaptionTL.Datasets.Layouts;

/// <summary>What COCO's and Karpathy's JSON files have of interest; all else in them is skipped while reading.</summary>
internal sealed class CaptionJson
{
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowReadingFromString, AllowTrailingCommas = true };

    [JsonPropertyName("images")] public List<Picture?>? Images { get; init; }

    [JsonPropertyName("annotations")] public List<Annotation?>? Annotations { get; init; }

    internal sealed class Picture
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
        foreach (var path in files.WithExtension(".json").Where(p => !DatasetFiles.FileName(p).StartsWith("instances_", StringComparison.Ordinal)))
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
