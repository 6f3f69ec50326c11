using Microsoft.ML.Tokenizers;

namespace CaptionTL.Text;

/// <summary>
/// Microsoft.ML.Tokenizers' WordPiece tokenizer over <c>vocab.txt</c>, which has the form that it reads. The words come from
/// <see cref="CaptionTokenizer"/>, which the scores need to the letter, so nothing is split here: a word is known whole or not at all.
/// </summary>
internal sealed class WordPieceWordEncoder : IWordEncoder
{
    /// <summary>What the later pieces of a word would begin with. No word of a vocabulary has white space in it, so none is ever such a piece.</summary>
    private const string NoPiece = " ";

    private readonly WordPieceTokenizer _tokenizer;

    public WordPieceWordEncoder(Vocabulary vocabulary)
    {
        using var text = new MemoryStream();
        vocabulary.Write(text);
        text.Position = 0;
        _tokenizer = WordPieceTokenizer.Create(text, new WordPieceOptions
        {
            UnknownToken = vocabulary[Vocabulary.Unk],
            ContinuingSubwordPrefix = NoPiece,
            // Longer ones are unknown without being looked at.
            MaxInputCharsPerWord = Enumerable.Range(0, vocabulary.Count).Max(id => vocabulary[id].Length),
        });
    }

    /// <inheritdoc/>
    public int[] Encode(IReadOnlyList<string> words) => [.. words.Select(IdOf)];

    private int IdOf(string word) => _tokenizer.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false) is [var id] && id > Vocabulary.Unk ? id : Vocabulary.Unk;
}
