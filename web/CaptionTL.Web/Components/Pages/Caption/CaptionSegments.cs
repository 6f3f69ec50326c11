using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>A word of a sentence as it is written there, and what stands before it.</summary>
/// <param name="Before">Spaces and marks that the model did not write as words.</param>
/// <param name="Text">The word, with the sentence's capital letters; empty at the end.</param>
/// <param name="Word">What the model says of it; null for what follows the last word.</param>
public sealed record CaptionSegment(string Before, string Text, WrittenWord? Word);

/// <summary>Finds the model's words in the sentence that was made of them.</summary>
public static class CaptionSegments
{
    public static IReadOnlyList<CaptionSegment> Of(WrittenCaption caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        var segments = new List<CaptionSegment>();
        var position = 0;
        foreach (var word in caption.Words)
        {
            // A bracket is one letter in the sentence and -lrb- to the model; such a word stays part of what stands between.
            var at = caption.Text.IndexOf(word.Text, position, StringComparison.OrdinalIgnoreCase);
            if (at < 0) continue;
            segments.Add(new CaptionSegment(caption.Text[position..at], caption.Text.Substring(at, word.Text.Length), word));
            position = at + word.Text.Length;
        }
        if (position < caption.Text.Length) segments.Add(new CaptionSegment(caption.Text[position..], "", null));
        return segments;
    }
}
