using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace CaptionTL.Web.Clients;

/// <summary>How captions are written; what is null is left to the model.</summary>
public sealed class CaptionSettings
{
    public string? Model { get; set; }

    /// <summary>Captions that are followed side by side.</summary>
    [Range(1, 20, ErrorMessage = "From 1 to 20.")]
    public int Beam { get; set; } = 5;

    /// <summary>How many of them are shown.</summary>
    [Range(1, 20, ErrorMessage = "From 1 to 20.")]
    public int NBest { get; set; } = 4;

    [Range(1, 50, ErrorMessage = "From 1 to 50 words.")]
    public int? MinLength { get; set; }

    [Range(1, 50, ErrorMessage = "From 1 to 50 words.")]
    public int? MaxLength { get; set; }

    /// <summary>Draw words by chance, from those that together have probability TopP.</summary>
    public bool Sample { get; set; }

    [Range(0.05, 1, ErrorMessage = "From 0.05 to 1.")]
    public double TopP { get; set; } = 0.9;

    [Range(0.1, 3, ErrorMessage = "From 0.1 to 3.")]
    public double Temperature { get; set; } = 1;

    /// <summary>Name and value of the form's fields.</summary>
    internal IEnumerable<(string Name, string Value)> Fields()
    {
        yield return ("attention", "true");
        if (Model is not null) yield return ("model", Model);
        if (Sample)
        {
            yield return ("topP", Text(TopP));
            yield return ("temperature", Text(Temperature));
        }
        else
        {
            yield return ("beam", Text(Math.Max(Beam, NBest)));
        }
        yield return ("nBest", Text(NBest));
        if (MinLength is { } min) yield return ("minLength", Text(min));
        if (MaxLength is { } max) yield return ("maxLength", Text(max));
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
