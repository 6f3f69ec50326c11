using CaptionTL.Heads;
using CaptionTL.Text;

namespace CaptionTL.Models;

/// <summary>A captioner's own entries of a bundle: the decoder's weights and its words.</summary>
public static class CaptionBundle
{
    public static IReadOnlyDictionary<string, byte[]> Entries(CaptionDecoder decoder, Vocabulary vocabulary)
    {
        using var words = new MemoryStream();
        vocabulary.Write(words);
        return new Dictionary<string, byte[]>
        {
            [ModelBundle.DecoderEntry] = TransferBundle.Tensors(decoder.state_dict()),
            [ModelBundle.VocabularyEntry] = words.ToArray(),
        };
    }
}
