using CaptionTL.IO;
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
            foreach (var (raw, expected) in item.GetProperty("references").EnumerateArray()
                .Zip(tokenized.GetProperty("references").EnumerateArray()))
                Compare(raw.GetString()!, expected.GetString()!);
        }
        compared.ShouldBeGreaterThan(1000);

        void Compare(string raw, string expected)
        {
            string.Join(' ', CaptionTokenizer.Tokenize(raw)).ShouldBe(expected, customMessage: raw);
            compared++;
        }
    }

    /// <summary>
    /// Expected values: Stanford CoreNLP 3.4.1's PTBTokenizer with -lowerCase, then coco-caption's list of punctuation removed.
    /// </summary>
    [Theory]
    [InlineData("", "")]
    [InlineData(" ... !? -- ''", "!?")]
    [InlineData("I don't think he's got it, they'll say we've won.", "i do n't think he 's got it they 'll say we 've won")]
    [InlineData("\"Hello,\" she said; 'goodbye' he cried.", "hello she said goodbye he cried")]
    [InlineData("He cannot go, they're gonna win. Gimme that! Lemna minor. wanna", "he can not go they 're gon na win gim me that lemna "
        + "minor wan na")]
    [InlineData("The U.S. flag and the U.K. team. The U.S. The end.", "the u.s. flag and the u.k. team the u.s. the end")]
    [InlineData("Mr. and Mrs. Smith on Main St. near Ave. B", "mr. and mrs. smith on main st. near ave. b")]
    [InlineData("A man (smiling) [sic] {yes}", "a man -lrb- smiling -rrb- -lsb- sic -rsb- -lcb- yes -rcb-")]
    [InlineData("wait... what .. no .... yes ......  . . . ok", "wait what no yes ok")]
    [InlineData("A \"t-shirt\" that says 'radio' -- isn't it?", "a t-shirt that says radio is n't it")]
    [InlineData("dogs' tongues and the boys' bikes", "dogs tongues and the boys bikes")]
    [InlineData("rock 'n' roll, '90s music in '84 and the '80s", "rock 'n' roll '90s music in '84 and the '80s")]
    [InlineData("black/white dog and/or cat 1/2 of 3 1/2 cups", "black/white dog and/or cat 1/2 of 3 1/2 cups")]
    [InlineData("$5 for #2 at 5:30 p.m. on 12/25/2010, 1,200 people & more", "$ 5 for # 2 at 5:30 p.m. on 12/25/2010 1,200 people & more")]
    [InlineData("“Curly quotes” and ‘single’ isn’t it’s don’t — yes – no … end", "curly quotes and single is n't it 's do n't yes no end")]
    [InlineData("email me@x.com or see http://www.flickr.com/photos/1 or www.foo.co.uk, foo.com",
        "email me@x.com or see http://www.flickr.com/photos/1 or www.foo.co.uk foo.com")]
    [InlineData(":) smile ;-) :( ok =) (-_-)", ":-rrb- smile ;--rrb- :-lrb- ok =-rrb- -lrb--_--rrb-")]
    [InlineData("O'Brien and D'Angelo o'clock c'mon y'all Ma'am ol' man 'em", "o'brien and d'angelo o'clock c'mon y' all ma'am "
        + "ol' man 'em")]
    [InlineData("café naïve über Zoë jalapeño e´", "café naïve über zoë jalapeño e ´")]
    [InlineData("tug-of-war, tug-o'-war; merry-go-round 3-year-old 10th 4x4 K2", "tug-of-war tug-o war merry-go-round 3-year-old "
        + "10th 4x4 k2")]
    [InlineData("No. 5 and fig. 3, no. He said no. It", "no. 5 and fig. 3 no he said no it")]
    [InlineData("She and I. The dog. I. Then", "she and i the dog i then")]
    [InlineData("he's it's HE'S IT'S she'd I'm we're", "he 's it 's he 's it 's she 'd i 'm we 're")]
    [InlineData("'twas the night; 'tis true", "'t was the night 't is true")]
    [InlineData("100% of *stars* ** and a_b __c @user #tag ~ ^ | \\ < > <b>bold</b> <br/>", "100 % of * stars * ** and a_b __ c @user "
        + "#tag ~ ^ | \\ < > <b> bold </b> <br/>")]
    [InlineData("&amp; &quot;hi&quot; &lt;3 R&B AT&T S&P 500 S&P-500", "& hi < 3 r&b at&t s&p 500 s&p-500")]
    [InlineData("etc. and so on, e.g. this i.e. that vs. others", "etc. and so on e.g. this i.e. that vs. others")]
    [InlineData("miss. Miss. mass. ill. Ill. Wash. wash. ", "miss miss. mass ill ill. wash. wash")]
    [InlineData("can't won't ain't shouldn't've needn't n't", "ca n't wo n't ai n't should n't 've need n't n't")]
    [InlineData("a dog , cat ; bird : fish . . end!!! really?! yes?? ", "a dog cat bird fish end !!! really ?! yes ??")]
    [InlineData("emoji 😀 cat ☺ ★ → ° × ½ ¼ ¢ £ € ¥", "emoji cat ☺ ★ → ° × 1/2 1/4 cents # $ ¥")]
    [InlineData("file.jpg foo.html 1.png. \"x.gif\"", "file.jpg foo.html 1.png x.gif")]
    [InlineData("555-1234 (555) 123-4567 555 123 4567 20 30", "555-1234 -lrb-555-rrb- 123-4567 555 123 4567 20 30")]
    [InlineData("-5 +3 --3 -- 3 - 4-- a-b- -c- -lrb-", "-5 +3 3 3 4 a-b c -lrb-")]
    [InlineData("don't. don't, 'don't' \"don't\"", "do n't do n't do n't do n't")]
    [InlineData("it's'nt ''quoted'' ``quoted'' `x'", "it 's nt quoted quoted x")]
    [InlineData("soft\u00ADhyphen", "softhyphen")]
    [InlineData("'a 'ab 'abc' x'y x'yz", "a ab abc x y x yz")]
    [InlineData("pre- post- pro-am anti-war un-American U.S.-based mid-U.S.", "pre post pro-am anti-war un-american u.s.-based mid-u.s.")]
    [InlineData("Ph.D. student, M.D., B.A. degree Jr. Sr., Co. Ltd. Inc.", "ph.d. student m.d. b.a. degree jr. sr. co. ltd. inc.")]
    [InlineData("a.m. A.M. pm 5pm 5:30pm 5.5m .5 5.", "a.m. a.m. pm 5pm 5:30 pm 5.5 m .5 5")]
    [InlineData("Spider-Man's back; man's 's s'", "spider-man 's back man 's 's s")]
    [InlineData("x, y.,z a.,b word.; word.: word.,", "x y. z a. b word. word. word.")]
    public void Tokenize_Text_EqualsStanfordTokenizer(string text, string expected) =>
        string.Join(' ', CaptionTokenizer.Tokenize(text)).ShouldBe(expected);

    [Fact]
    public void Tokenize_LineBreaks_CountAsSpaces() =>
        CaptionTokenizer.Tokenize("a dog\r\nruns\tfast\n").ShouldBe(["a", "dog", "runs", "fast"]);

    [Theory]
    [InlineData("a!")]
    [InlineData("a'")]
    [InlineData("-a")]
    [InlineData("<a ")]
    [InlineData("a.b@")]
    [InlineData("1.")]
    [InlineData("\ud83d")]
    public void Tokenize_LongOddText_GivesWordsWithoutWhiteSpace(string piece) =>
        CaptionTokenizer.Tokenize(string.Concat(Enumerable.Repeat(piece, 20_000)))
            .ShouldAllBe(word => word.Length > 0 && !word.Any(char.IsWhiteSpace));
}
