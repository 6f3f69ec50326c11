using CaptionTL.Classes;

namespace CaptionTL.Tests.Classes;

public class FeatureMatrixTests
{
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void FeatureMatrix_NumberThatIsNotFinite_IsRefusedWithItsPlace(float value) =>
        Should.Throw<CaptionTLException>(() => new FeatureMatrix([1, 2, 3, 4, value, 6], 2, 3)).Message.ShouldContain(
            "feature 1 of row 1");

    [Fact]
    public void FeatureMatrix_WrongCount_IsRefused() => Should.Throw<ArgumentException>(() => new FeatureMatrix(new float[5], 2, 3));

    [Fact]
    public void FromRows_RowsOfDifferentLength_AreRefused() =>
        Should.Throw<CaptionTLException>(() => ClassicalData.Rows([1, 2], [1])).Message.ShouldContain("row 1 has 1 features");

    [Fact]
    public void Select_Rows_AreCopiedInOrder() =>
        ClassicalData.Rows([1, 2], [3, 4], [5, 6]).Select([2, 0, 2]).Values.ToArray().ShouldBe([5, 6, 1, 2, 5, 6]);
}
