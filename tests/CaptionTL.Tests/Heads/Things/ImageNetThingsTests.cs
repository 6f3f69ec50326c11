using CaptionTL.Captions;

namespace CaptionTL.Tests.Heads.Things;

public class ImageNetThingsTests
{
    [Fact]
    public void All_Things_AreNamedByTheirOwnWordsAndShownByClassesThatThereAre()
    {
        foreach (var thing in ImageNetThings.All)
        {
            thing.Phrase.ShouldMatch("^an? [a-z]+( of [a-z]+)?$");
            thing.Words.ShouldNotBeEmpty(thing.Phrase);
            thing.Classes.ShouldAllBe(c => c >= 0 && c < ImageNetThings.Classes, thing.Phrase);
            thing.Classes.ShouldBeUnique(thing.Phrase);
        }
        ImageNetThings.All.Select(t => t.Phrase).ShouldBeUnique();
        ImageNetThings.All.SelectMany(t => t.Words).ShouldBeUnique();
    }

    [Theory]
    [InlineData("a dog", 207, true)]
    [InlineData("a cat", 281, true)]
    [InlineData("a cup of coffee", 967, false)]
    [InlineData("a rocket", 657, false)]
    public void All_Things_HaveTheClassesOfTheirNames(string phrase, int index, bool covered)
    {
        var thing = ImageNetThings.All.Single(t => t.Phrase == phrase);
        thing.Classes.ShouldContain(index);
        thing.Covered.ShouldBe(covered);
    }

    [Fact]
    public void Parse_NumbersAndRanges_AreAllThere()
    {
        var thing = Thing.Parse("*an owl | owl owls | 24 30-32");
        (thing.Phrase, thing.Covered).ShouldBe(("an owl", true));
        thing.Words.ShouldBe(["owl", "owls"]);
        thing.Classes.ShouldBe([24, 30, 31, 32]);
    }
}
