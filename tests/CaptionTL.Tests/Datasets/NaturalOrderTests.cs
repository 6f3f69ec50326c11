using CaptionTL.Datasets;

namespace CaptionTL.Tests.Datasets;

public class NaturalOrderTests
{
    [Fact]
    public void Compare_Names_PutsThemAsPeopleDo()
    {
        string[] ordered = ["", "1", "2", "02b", "10", "class", "Class 1", "class 2", "class 2 b", "class 10",
            "class 99999999999999999999", "class 100000000000000000000", "Dog", "dog", "dog01", "dog2", "élan", "ß"];
        string[] shuffled = [.. ordered.Reverse()];
        shuffled.Order(NaturalOrder.Instance).ShouldBe(ordered);
        foreach (var a in ordered)
        foreach (var b in ordered)
            Math.Sign(NaturalOrder.Instance.Compare(a, b)).ShouldBe(Math.Sign(Array.IndexOf(ordered, a) - Array.IndexOf(ordered, b)),
                $"{a} and {b}");
    }
}
