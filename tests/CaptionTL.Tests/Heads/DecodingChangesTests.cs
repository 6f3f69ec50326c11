using CaptionTL.Captions;

namespace CaptionTL.Tests.Heads;

public sealed class DecodingChangesTests
{
    private static readonly DecodingOptions Model = new() { Beam = 3, MinLength = 3, MaxLength = 20, LengthNormalization = 0.7,
        NoRepeat = 2, Seed = 9 };

    [Fact]
    public void Over_NothingAskedFor_IsTheModels() => Assert.Equal(Model, new DecodingChanges().Over(Model));

    [Fact]
    public void Over_EverythingAskedFor_IsThat()
    {
        var asked = new DecodingChanges { Beam = 5, NBest = 4, MinLength = 1, MaxLength = 7, LengthNormalization = 0, NoRepeat = 0,
            Mirror = true, TopP = 0.9, Temperature = 0.5, Seed = 3 };
        Assert.Equal(new DecodingOptions { Beam = 5, NBest = 4, MinLength = 1, MaxLength = 7, LengthNormalization = 0, NoRepeat = 0,
            Mirror = true, TopP = 0.9, Temperature = 0.5, Seed = 3 }, asked.Over(Model));
    }

    [Fact]
    public void Over_OneOfTwoThatBoundEachOther_MovesTheOther()
    {
        Assert.Equal(8, new DecodingChanges { NBest = 8 }.Over(Model).Beam);
        Assert.Equal(2, new DecodingChanges { MaxLength = 2 }.Over(Model).MinLength);
        Assert.Equal(25, new DecodingChanges { MinLength = 25 }.Over(Model).MaxLength);
    }

    [Fact]
    public void Over_DrawnCaptions_LeavesTheBeam() => Assert.Equal(3, new DecodingChanges { NBest = 8, TopP = 0.9 }.Over(Model).Beam);

    [Fact]
    public void Over_BothAskedForAgainstEachOther_SaysWhat()
    {
        Assert.Contains("number of captions is 4", Assert.Throws<CaptionTLException>(() => new DecodingChanges { Beam = 2, NBest = 4 }
            .Over(Model)).Message, StringComparison.Ordinal);
        Assert.Contains("maximum length is 4", Assert.Throws<CaptionTLException>(() => new DecodingChanges { MinLength = 6, MaxLength = 4 }
            .Over(Model)).Message, StringComparison.Ordinal);
    }
}
