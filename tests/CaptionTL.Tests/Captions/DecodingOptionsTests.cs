using CaptionTL.Captions;

namespace CaptionTL.Tests.Captions;

public sealed class DecodingOptionsTests
{
    private static readonly DecodingOptions Model = new() { Beam = 3, MinLength = 3, MaxLength = 20, LengthNormalization = 0.7,
        NoRepeat = 2, Seed = 9 };

    [Fact]
    public void With_NothingGiven_IsTheModels() => With().ShouldBe(Model);

    [Fact]
    public void With_EverythingGiven_IsThat()
    {
        (string, string)[] given = [("beam", "5"), ("nBest", "4"), ("minLength", "1"), ("maxLength", "7"), ("lengthNormalization", "0"),
            ("noRepeat", "0"), ("mirror", "true"), ("checkThings", "on"), ("topP", "0.9"), ("temperature", "0.5"), ("seed", "3")];
        given.Select(g => g.Item1).ShouldBe(DecodingOption.All.Select(o => o.Name), ignoreOrder: true);
        With(given).ShouldBe(new DecodingOptions { Beam = 5, NBest = 4, MinLength = 1, MaxLength = 7, LengthNormalization = 0,
            NoRepeat = 0, Mirror = true, CheckLabels = true, TopP = 0.9, Temperature = 0.5, Seed = 3 });
    }

    [Fact]
    public void With_OneOfTwoThatBoundEachOther_MovesTheOther()
    {
        With(("nBest", "8")).Beam.ShouldBe(8);
        With(("maxLength", "2")).MinLength.ShouldBe(2);
        With(("minLength", "25")).MaxLength.ShouldBe(25);
    }

    [Fact]
    public void With_SampledCaptions_LeavesTheBeam() => With(("nBest", "8"), ("topP", "0.9")).Beam.ShouldBe(3);

    [Fact]
    public void With_BothGivenAgainstEachOther_SaysWhat()
    {
        Should.Throw<CaptionTLException>(() => With(("beam", "2"), ("nBest", "4"))).Message.ShouldContain("number of captions is 4");
        Should.Throw<CaptionTLException>(() => With(("minLength", "6"), ("maxLength", "4"))).Message.ShouldContain("maximum length is 4");
    }

    [Theory]
    [InlineData("beam", "65", "from 1 to 64")]
    [InlineData("beam", "many", "from 1 to 64")]
    [InlineData("beam", "1.5", "from 1 to 64")]
    [InlineData("minLength", "-1", "at least 0")]
    [InlineData("lengthNormalization", "NaN", "a number")]
    [InlineData("mirror", "maybe", "true or false")]
    [InlineData("topP", "0", "above 0 and at most 1")]
    [InlineData("temperature", "0", "above 0")]
    [InlineData("temperature", "Infinity", "above 0")]
    [InlineData("seed", "99999999999999999999", "a whole number")]
    public void With_AValueThatIsNone_NamesTheOptionAndItsRange(string name, string text, string range) =>
        Should.Throw<CaptionTLException>(() => With((name, text))).Message.ShouldEndWith($"it must be {range}.");

    private static DecodingOptions With(params (string Name, string Value)[] given) =>
        Model.With(given.ToDictionary(g => g.Name, string? (g) => g.Value));
}
