using System.Text;
using CaptionTL.Text;

namespace CaptionTL.Tests.Text;

public sealed class VocabularyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-").FullName;

    private static readonly string[][] Captions = [["a", "dog", "and", "a", "cat"], ["a", "cat", "sleeps"], ["the", "dog", "<pad>"]];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Build_Captions_OrdersByFrequencyThenOrdinal()
    {
        var vocabulary = Vocabulary.Build(Captions);
        Enumerable.Range(0, vocabulary.Count).Select(id => vocabulary[id])
            .ShouldBe(["<pad>", "<bos>", "<eos>", "<unk>", "a", "cat", "dog", "and", "sleeps", "the"]);
    }

    [Fact]
    public void Build_MinimumFrequency_LeavesRareWordsOut() =>
        Vocabulary.Build(Captions, minimumFrequency: 2).Count.ShouldBe(4 + 3);

    [Fact]
    public void Encode_UnknownWordsAndSpecialTokens_AreUnknown()
    {
        var vocabulary = Vocabulary.Build(Captions, minimumFrequency: 2);
        vocabulary.Encode(["a", "zebra", "<eos>", "dog"]).ShouldBe([Vocabulary.Bos, 4, Vocabulary.Unk, Vocabulary.Unk, 6, Vocabulary.Eos]);
    }

    /// <summary>Whichever engine looks them up: a word is known whole or not at all.</summary>
    [Fact]
    public void IdsOf_KnownAndUnknownWords_AreThoseOfIdOf()
    {
        var vocabulary = Vocabulary.Build([["a", "cat", "dog", "n't", "café", "5:30", "t-shirt", "-lrb-", "日本"]]);
        string[] words =
        [
            "a", "dog", "catdog", "cata", "ca", "Cat", "n't", "café", "cafe\u0301", "5:30", "5", "t-shirt", "-lrb-", "日本", "日", "##dog",
                "<pad>", "<unk>", "<bos>", "",
            " ", "a dog", " dog", new string('a', 5000),
        ];
        vocabulary.IdsOf(words).ShouldBe(words.Select(vocabulary.IdOf));
        vocabulary.IdsOf([]).ShouldBeEmpty();
    }

    [Fact]
    public void Decode_EncodedCaption_GivesItsWords()
    {
        var vocabulary = Vocabulary.Build(Captions);
        var ids = vocabulary.Encode(["the", "cat", "sleeps"]).Concat([Vocabulary.Pad, Vocabulary.Pad, 5]);
        vocabulary.Decode(ids).ShouldBe(["the", "cat", "sleeps"]);
    }

    [Fact]
    public void Load_SavedVocabulary_IsEqual()
    {
        var path = Path.Combine(_folder, "vocab.txt");
        var vocabulary = Vocabulary.Build([["n't", "café", "#", "5:30"]]);
        vocabulary.Save(path);
        File.ReadAllText(path).ShouldBe("<pad>\n<bos>\n<eos>\n<unk>\n#\n5:30\ncafé\nn't\n");
        var loaded = Vocabulary.Load(path);
        Enumerable.Range(0, loaded.Count).Select(id => loaded[id])
            .ShouldBe(Enumerable.Range(0, vocabulary.Count).Select(id => vocabulary[id]));
    }

    [Theory]
    [InlineData("", "line 1", "the file ends")]
    [InlineData("<pad>\n<bos>\n<eos>\n", "line 4", "<unk>")]
    [InlineData("<bos>\n<pad>\n<eos>\n<unk>\n", "line 1", "'<pad>' expected")]
    [InlineData("<pad>\n<bos>\n<eos>\n<unk>\ndog\n\ncat\n", "line 6", "is empty")]
    [InlineData("<pad>\n<bos>\n<eos>\n<unk>\ndog\ndog\n", "line 6", "occurs twice")]
    [InlineData("<pad>\n<bos>\n<eos>\n<unk>\na dog\n", "line 5", "white space")]
    [InlineData("<pad>\n<bos>\n<eos>\n<unk>\n<unk>\n", "line 5", "special token")]
    public void Read_DamagedFile_SaysWhereAndWhat(string text, string where, string what)
    {
        var error = Should.Throw<CaptionTLException>(() => Vocabulary.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "vocab.txt"));
        error.Message.ShouldContain($"vocab.txt, {where}");
        error.Message.ShouldContain(what);
        error.IsInput.ShouldBeTrue();
    }

    [Fact]
    public void Read_NotUtf8_SaysSo() =>
        Should.Throw<CaptionTLException>(() => Vocabulary.Read(new MemoryStream([0x3c, 0xff, 0xfe, 0x0a]), "v")).Message.ShouldContain(
            "not UTF-8");

    [Fact]
    public void Unknown_Words_AreCountedAndNamed()
    {
        var vocabulary = Vocabulary.Build(Captions, minimumFrequency: 2);
        var (words, share) = vocabulary.Unknown([["a", "zebra", "and", "a", "zebra"], ["dog"]]);
        words.ShouldBe([new("zebra", 2), new("and", 1)]);
        share.ShouldBe(0.5);
        vocabulary.Unknown([]).Share.ShouldBe(0);
    }
}
