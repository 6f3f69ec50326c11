namespace CaptionTL.Text;

/// <summary>Asks the vocabulary word by word.</summary>
internal sealed class DictionaryWordEncoder(Vocabulary vocabulary) : IWordEncoder
{
    /// <inheritdoc/>
    public int[] Encode(IReadOnlyList<string> words) => [.. words.Select(vocabulary.IdOf)];
}
