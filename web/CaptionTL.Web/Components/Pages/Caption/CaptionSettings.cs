using CaptionTL.Captions;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>Which model captions images, and how.</summary>
public sealed class CaptionSettings
{
    /// <summary>"bees" or "bees@3"; the default model when null.</summary>
    public string? Model { get; set; }

    /// <summary>
    /// What the visitor chose, by the names of <see cref="DecodingOption.All"/>; for the others the model's own values hold.
    /// </summary>
    public Dictionary<string, string> Decoding { get; } = new() { ["beam"] = "5", ["nBest"] = "4" };

    /// <summary>What is wrong with an option as it is now; null where nothing is.</summary>
    public string? Problem(DecodingOption option)
    {
        ArgumentNullException.ThrowIfNull(option);
        try
        {
            if (Decoding.TryGetValue(option.Name, out var text)) option.Set(new DecodingOptions(), text);
            return null;
        }
        catch (CaptionTLException)
        {
            return $"{char.ToUpperInvariant(option.Range[0])}{option.Range[1..]}.";
        }
    }

    /// <summary>Name and value of the form's fields.</summary>
    internal IEnumerable<(string Name, string Value)> Fields()
    {
        yield return ("attention", "true");
        if (Model is not null) yield return ("model", Model);
        // A beam narrower than the number of captions is left out: the service then makes it wide enough.
        var narrow = int.TryParse(Decoding.GetValueOrDefault("beam"), out var beam)
            && int.TryParse(Decoding.GetValueOrDefault("nBest"), out var captions) && beam < captions;
        foreach (var (name, value) in Decoding)
            if (!(narrow && name == "beam")) yield return (name, value);
    }
}
