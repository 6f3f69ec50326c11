using CaptionTL.Captions;
using CaptionTL.Text;
using CaptionTL.Training;

namespace CaptionTL.Tests.Training;

public class CaptionRewardTests
{
    // "a" and the end are in both images, so they weigh log(2 / 2) = 0; all else that occurs weighs log 2.
    private static readonly IReadOnlyList<IReadOnlyList<string[]>> References = [[["a", "dog"]], [["a", "cat"]], []];
    private static readonly Vocabulary Vocabulary = Vocabulary.Build(References.SelectMany(r => r));

    // Penalty of one pair of words too few.
    private static readonly double Shorter = Math.Exp(-1 / 72.0);

    [Theory]
    [MemberData(nameof(Captions))]
    public void Of_Caption_IsCiderDByHand(int image, string caption, bool ended, double expected) =>
        Of(image, caption, ended).ShouldBe(expected, 1e-9);

    public static TheoryData<int, string, bool, double> Captions => new()
    {
        // Equal in n-grams of one, two and three words, the end being one; there are none of four.
        { 0, "a dog", true, 10 * 3 / 4.0 },
        // dog: 1. Of "a dog", "dog <end>" the second one: √½. None of three.
        { 0, "dog", true, 10 * (1 + Math.Sqrt(0.5)) / 4 * Shorter },
        // Cut off: "a dog" without "dog <end>", one pair less.
        { 0, "a dog", false, 10 * (1 + Math.Sqrt(0.5)) / 4 * Shorter },
        { 0, "a cat", true, 0 },
        { 1, "a cat", true, 7.5 },
        { 0, "", true, 0 },
        // Nothing is known of the image.
        { 2, "a dog", true, 0 },
    };

    [Fact]
    public void Mean_OtherImages_WeighsWithTheTrainingImages()
    {
        var reward = new CaptionReward(References, Vocabulary);
        reward.Mean([new EvaluatedCaption("1", "a dog", ["A dog ."]), new EvaluatedCaption("2", "a dog", ["A cat !"])])
            .ShouldBe(7.5 / 2, 1e-9);
    }

    [Fact]
    public void Score_CorpusOfItsOwnReferences_IsTheScoreWithout()
    {
        IReadOnlyList<IReadOnlyList<string>>[] references = [["a red dog runs".Split(' '), "a dog".Split(' ')],
            ["a cat sleeps".Split(' ')], ["two dogs".Split(' ')]];
        var candidate = "a red dog sleeps".Split(' ');
        var plain = new CiderScorer(references);
        plain.Score(0, candidate).ShouldBeGreaterThan(0);
        new CiderScorer(references, references).Score(0, candidate).ShouldBe(plain.Score(0, candidate));
        new CiderScorer(references, [references[0], references[0]]).Score(0, candidate).ShouldNotBe(plain.Score(0, candidate));
    }

    private static double Of(int image, string caption, bool ended) =>
        new CaptionReward(References, Vocabulary)
            .Of(image, [.. caption.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Vocabulary.IdOf)], ended);
}
