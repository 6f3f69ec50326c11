namespace CaptionTL.Text;

/// <summary>The words of captions to the ids of one vocabulary. Safe for many threads at once.</summary>
internal interface IWordEncoder
{
    /// <summary>One id a word; <see cref="Vocabulary.Unk"/> for words that are not in the vocabulary and for the written forms of special tokens.</summary>
    int[] Encode(IReadOnlyList<string> words);
}
