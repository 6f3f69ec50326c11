using CaptionTL.Captions;

namespace CaptionTL.Tests.Captions;

public class ImageNetLabelsTests
{
    [Fact]
    public void All_Labels_AreNamedByTheirOwnWordsAndShownByClassesThatThereAre()
    {
        foreach (var label in ImageNetLabels.All)
        {
            label.Phrase.ShouldMatch("^an? [a-z]+( of [a-z]+)?$");
            label.Words.ShouldNotBeEmpty(label.Phrase);
            label.Classes.ShouldAllBe(c => c >= 0 && c < ImageNetLabels.Classes, label.Phrase);
            label.Classes.ShouldBeUnique(label.Phrase);
        }
        ImageNetLabels.All.Select(t => t.Phrase).ShouldBeUnique();
        ImageNetLabels.All.SelectMany(t => t.Words).ShouldBeUnique();
    }

    [Theory]
    [InlineData("a dog", 207, true)]
    [InlineData("a cat", 281, true)]
    [InlineData("a cup of coffee", 967, false)]
    [InlineData("a rocket", 657, false)]
    public void All_Labels_HaveTheClassesOfTheirNames(string phrase, int index, bool covered)
    {
        var label = ImageNetLabels.All.Single(t => t.Phrase == phrase);
        label.Classes.ShouldContain(index);
        label.Covered.ShouldBe(covered);
    }

    [Fact]
    public void Parse_NumbersAndRanges_AreAllThere()
    {
        var label = NamedLabel.Parse("*an owl | owl owls | 24 30-32");
        (label.Phrase, label.Covered).ShouldBe(("an owl", true));
        label.Words.ShouldBe(["owl", "owls"]);
        label.Classes.ShouldBe([24, 30, 31, 32]);
    }
}
