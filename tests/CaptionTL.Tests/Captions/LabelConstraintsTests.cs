using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Runtime;
using CaptionTL.Tests.Backbones;
using CaptionTL.Text;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Captions;

[Collection(nameof(TorchCollection))]
public sealed class LabelConstraintsTests : IDisposable
{
    private static readonly Vocabulary Words = new(["a", "man", "dog", "dogs", "cat", "bird", "cup", "of", "coffee", "runs", "with"]);

    private readonly CnnEncoder _encoder = Encoder(1000);

    public void Dispose() => _encoder.Dispose();

    [Fact]
    public void Constraint_NamesADogWhereTheNetworkIsSureOfACat_BeginsWithTheCatAndWithoutDogs()
    {
        var constraint = Constraint("a dog runs", ("a cat", 0.9), ("a bird", 0.05)).ShouldNotBeNull();
        Words.Decode(constraint.Beginning).ShouldBe(["a", "cat"]);
        constraint.Probability.ShouldBe(0.9);
        var banned = Words.Decode(constraint.Banned);
        banned.ShouldContain("dog");
        banned.ShouldContain("dogs");
        banned.ShouldContain("coffee");
        banned.ShouldNotContain("cat");
        banned.ShouldNotContain("bird"); // not likely, but possible
        constraint.At(0).ShouldBe((Words.IdOf("a"), 0f));
        constraint.At(1)!.Value.LogProbability.ShouldBe((float)Math.Log(0.9), 1e-6);
        constraint.At(2).ShouldBeNull();
    }

    [Fact]
    public void Constraint_SureOfSomethingNarrowAndOfSomethingWide_TakesTheNarrow()
    {
        // Espresso shows a cup of coffee and is none of the classes of a plain cup.
        Words.Decode(Constraint("a dog with a cup", ("a cup of coffee", 0.9)).ShouldNotBeNull().Beginning)
            .ShouldBe(["a", "cup", "of", "coffee"]);
        // "a cup" has fewer classes
        Constraint("a dog runs", ("a cup of coffee", 0.6), ("a cup", 0.6)).ShouldNotBeNull().Beginning.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("a man runs", "a cat", 0.9)] // people are no class: the network cannot say that there is none
    [InlineData("a dog runs", "a cat", 0.4)] // not sure enough
    [InlineData("a dog with a cat", "a cat", 0.9)] // names it already
    [InlineData("a cup runs", "a cat", 0.9)] // there are cups beside what the classes show
    [InlineData("a dog runs", "a zebra", 0.9)] // a word that the decoder does not have
    public void Constraint_NothingToHoldAgainstTheCaption_IsNull(string caption, string label, double seen) =>
        Constraint(caption, (label, seen)).ShouldBeNull();

    [Fact]
    public void Constraint_TheAnimalMayBeThere_IsNull() => Constraint("a dog runs", ("a cat", 0.9), ("a dog", 0.02)).ShouldBeNull();

    [Fact]
    public void For_ANetworkWithOtherClassesOrNone_IsNull()
    {
        LabelConstraints.For(_encoder, Words).ShouldNotBeNull();
        using var ten = Encoder(10);
        LabelConstraints.For(ten, Words).ShouldBeNull();
        using var earlier = Encoder(1000, "layer3");
        LabelConstraints.For(earlier, Words).ShouldBeNull();
        using var without = new CnnEncoder(Backbone(new BackboneOptions { IncludeTop = false }), Preprocessing, "00");
        LabelConstraints.For(without, Words).ShouldBeNull();
    }

    [Fact]
    public void Contradicting_CaptionsWithoutAnimals_AreNotAskedAbout()
    {
        using var embeddings = rand(2, 9, 512);
        LabelConstraints.For(_encoder, Words)!.Contradicting(embeddings, [["a", "man", "runs"], ["a", "cup"]]).ShouldBeEmpty();
    }

    private static Preprocessing Preprocessing => BackboneRegistry.FindWeights("resnet18").Preprocessing with { Width = 96, Height = 96 };

    private CaptionConstraint? Constraint(string caption, params (string Phrase, double Seen)[] seen) =>
        LabelConstraints.For(_encoder, Words)!.Constraint(caption.Split(' '),
            [.. ImageNetLabels.All.Select(t => seen.FirstOrDefault(s => s.Phrase == t.Phrase).Seen)]);

    private static CnnEncoder Encoder(int classes, string? cut = null) =>
        new(Backbone(new BackboneOptions { Classes = classes }), Preprocessing, "00", cut, Precision.Float32);

    private static Backbone Backbone(BackboneOptions options)
    {
        var backbone = BackboneRegistry.Find("resnet18").Build(options);
        using (no_grad()) ArchitectureParityTests.Fill(backbone, "things");
        return backbone;
    }
}
