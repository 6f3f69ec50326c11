using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Tests.Backbones;
using CaptionTL.Text;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Heads.Things;

[Collection(nameof(TorchCollection))]
public sealed class ThingCheckTests : IDisposable
{
    private static readonly Vocabulary Words = new(["a", "man", "dog", "dogs", "cat", "bird", "cup", "of", "coffee", "runs", "with"]);

    private readonly CnnEncoder _encoder = Encoder(1000);

    public void Dispose() => _encoder.Dispose();

    [Fact]
    public void Cue_NamesADogWhereTheNetworkIsSureOfACat_BeginsWithTheCatAndWithoutDogs()
    {
        var cue = Cue("a dog runs", ("a cat", 0.9), ("a bird", 0.05)).ShouldNotBeNull();
        Words.Decode(cue.Beginning).ShouldBe(["a", "cat"]);
        cue.Probability.ShouldBe(0.9);
        var banned = Words.Decode(cue.Banned);
        banned.ShouldContain("dog");
        banned.ShouldContain("dogs");
        banned.ShouldContain("coffee");
        banned.ShouldNotContain("cat");
        banned.ShouldNotContain("bird"); // not likely, but possible
        cue.At(0).ShouldBe((Words.IdOf("a"), 0f));
        cue.At(1)!.Value.LogProbability.ShouldBe((float)Math.Log(0.9), 1e-6);
        cue.At(2).ShouldBeNull();
    }

    [Fact]
    public void Cue_SureOfSomethingNarrowAndOfSomethingWide_TakesTheNarrow()
    {
        // Espresso shows a cup of coffee and is none of the classes of a plain cup.
        Words.Decode(Cue("a dog with a cup", ("a cup of coffee", 0.9)).ShouldNotBeNull().Beginning).ShouldBe(["a", "cup", "of", "coffee"]);
        // "a cup" has fewer classes
        Cue("a dog runs", ("a cup of coffee", 0.6), ("a cup", 0.6)).ShouldNotBeNull().Beginning.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("a man runs", "a cat", 0.9)] // people are no class: the network cannot say that there is none
    [InlineData("a dog runs", "a cat", 0.4)] // not sure enough
    [InlineData("a dog with a cat", "a cat", 0.9)] // names it already
    [InlineData("a cup runs", "a cat", 0.9)] // there are cups beside what the classes show
    [InlineData("a dog runs", "a zebra", 0.9)] // a word that the decoder does not have
    public void Cue_NothingToHoldAgainstTheCaption_IsNull(string caption, string thing, double seen) =>
        Cue(caption, (thing, seen)).ShouldBeNull();

    [Fact]
    public void Cue_TheAnimalMayBeThere_IsNull() => Cue("a dog runs", ("a cat", 0.9), ("a dog", 0.02)).ShouldBeNull();

    [Fact]
    public void For_ANetworkWithOtherClassesOrNone_IsNull()
    {
        ThingCheck.For(_encoder, Words).ShouldNotBeNull();
        using var ten = Encoder(10);
        ThingCheck.For(ten, Words).ShouldBeNull();
        using var earlier = Encoder(1000, "layer3");
        ThingCheck.For(earlier, Words).ShouldBeNull();
        using var without = new CnnEncoder(Backbone(new BackboneOptions { IncludeTop = false }), Preprocessing, "00");
        ThingCheck.For(without, Words).ShouldBeNull();
    }

    [Fact]
    public void Doubts_CaptionsWithoutAnimals_AreNotAskedAbout()
    {
        using var embeddings = rand(2, 9, 512);
        ThingCheck.For(_encoder, Words)!.Doubts(embeddings, [Ids("a man runs"), Ids("a cup")]).ShouldBeEmpty();
    }

    private static Preprocessing Preprocessing => BackboneRegistry.FindWeights("resnet18").Preprocessing with { Width = 96, Height = 96 };

    private CaptionCue? Cue(string caption, params (string Phrase, double Seen)[] seen) =>
        ThingCheck.For(_encoder, Words)!.Cue(Ids(caption),
            [.. ImageNetThings.All.Select(t => seen.FirstOrDefault(s => s.Phrase == t.Phrase).Seen)]);

    private static int[] Ids(string caption) => Words.IdsOf(caption.Split(' '));

    private static CnnEncoder Encoder(int classes, string? cut = null) =>
        new(Backbone(new BackboneOptions { Classes = classes }), Preprocessing, "00", cut, Precision.Float32);

    private static Backbone Backbone(BackboneOptions options)
    {
        var backbone = BackboneRegistry.Find("resnet18").Build(options);
        using (no_grad()) ArchitectureParityTests.Fill(backbone, "things");
        return backbone;
    }
}
