using CaptionTL.Heads;

namespace CaptionTL.Service.Serving;

/// <summary>How a picture is to be captioned; pictures whose questions are equal go through the model together.</summary>
/// <param name="Decoding">How words are chosen.</param>
/// <param name="Attention">Keep where the network looked.</param>
/// <param name="Leading">Told the sentence that leads so far, after every word; such a picture goes alone.</param>
internal sealed record CaptionQuestion(DecodingOptions Decoding, bool Attention, Action<string>? Leading = null);
