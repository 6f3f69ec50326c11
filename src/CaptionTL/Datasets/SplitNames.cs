namespace CaptionTL.Datasets;

/// <summary>The words that data sets use for their splits.</summary>
public static class SplitNames
{
    /// <summary>Null where the word is none of them. "restval" is Karpathy's name for COCO's validation pictures that he trains on.</summary>
    public static Split? Parse(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "train" or "training" or "restval" => Split.Train,
        "dev" or "val" or "valid" or "validation" or "development" => Split.Dev,
        "test" or "testing" => Split.Test,
        _ => null,
    };

    /// <summary>From a file or folder name such as "captions_train2017.json", "Flickr_8k.devImages.txt" or "validation".</summary>
    public static Split? FromName(string name)
    {
        var letters = new string([.. name.Select(c => char.IsAsciiLetter(c) ? c : ' ')]);
        foreach (var word in letters.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var stem = word.EndsWith("Images", StringComparison.OrdinalIgnoreCase) ? word[..^"Images".Length] : word;
            if (Parse(stem) is { } split) return split;
        }
        return null;
    }
}
