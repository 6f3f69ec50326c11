using CaptionTL.Text;

namespace CaptionTL.Tests.Text;

public class CaptionTokenizerTests
{
    [Fact]
    public void Tokenize_EveryReferenceCaption_EqualsCocoCaption()
    {
        using var reference = Goldens.Json("caption_metrics.json");
        var compared = 0;
        foreach (var item in reference.RootElement.GetProperty("items").EnumerateArray())
        {
            var tokenized = item.GetProperty("tokenized");
            Compare(item.GetProperty("candidate").GetString()!, tokenized.GetProperty("candidate").GetString()!);
            foreach (var (raw, expected) in item.GetProperty("references").EnumerateArray().Zip(tokenized.GetProperty("references").EnumerateArray()))
                Compare(raw.GetString()!, expected.GetString()!);
        }
        compared.ShouldBeGreaterThan(1000);

        void Compare(string raw, string expected)
        {
            string.Join(' ', CaptionTokenizer.Tokenize(raw)).ShouldBe(expected, customMessage: raw);
            compared++;
        }
    }

    /// <summary>Expected values: Stanford CoreNLP 3.4.1's PTBTokenizer with -lowerCase, then coco-caption's list of punctuation removed.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData(" ... !? -- ''", "!?")]
    public void Tokenize_Text_EqualsStanfordTokenizer(string text, string expected) =>
        string.Join(' ', CaptionTokenizer.Tokenize(text)).ShouldBe(expected);
}
