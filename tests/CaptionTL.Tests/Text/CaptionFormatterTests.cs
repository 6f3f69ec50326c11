using CaptionTL.IO;
using CaptionTL.Text;

namespace CaptionTL.Tests.Text;

public class CaptionFormatterTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a dog runs", "A dog runs.")]
    [InlineData("a man 's dog does n't jump", "A man's dog doesn't jump.")]
    [InlineData("they ca n't and can not stop", "They can't and cannot stop.")]
    [InlineData("a man -lrb- smiling -rrb- and i", "A man (smiling) and I.")]
    [InlineData("two boys hold a u.s. flag at 5 p.m.", "Two boys hold a U.S. flag at 5 p.m.")]
    [InlineData("race dog # 2 costs $ 5", "Race dog #2 costs $5.")]
    [InlineData("a dog behind a fence # on it", "A dog behind a fence # on it.")]
    [InlineData("éclairs on a plate", "Éclairs on a plate.")]
    [InlineData("they 're gon na jump !", "They're gonna jump !")]
    public void Format_Words_AsPeopleWrite(string words, string sentence) =>
        CaptionFormatter.Format(words.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(sentence);

    [Fact]
    public void Format_TokenizedAgain_GivesTheSameWords()
    {
        using var reference = Goldens.Json("caption_metrics.json");
        foreach (var item in reference.RootElement.GetProperty("items").EnumerateArray())
        {
            var words = CaptionTokenizer.Tokenize(item.GetProperty("candidate").GetString()!);
            if (words.Length == 0 || words[^1].Length == 1) continue; // "a." at the end would be read as an abbreviation
            CaptionTokenizer.Tokenize(CaptionFormatter.Format(words)).ShouldBe(words);
        }
    }
}
