namespace CaptionTL.Text;

/// <summary>The word encoder of the engine that the library was built with.</summary>
internal static class WordEncoders
{
    public static IWordEncoder For(Vocabulary vocabulary) => new WordPieceWordEncoder(vocabulary);
}
