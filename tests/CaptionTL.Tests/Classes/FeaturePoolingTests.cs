using CaptionTL.Classes;
using CaptionTL.Training.Plans;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Classes;

[Collection(nameof(TorchCollection))]
public sealed class FeaturePoolingTests
{
    [Theory]
    [InlineData(Pooling.Average, new float[] { 2, 3 })]
    [InlineData(Pooling.Max, new float[] { 3, 4 })]
    [InlineData(Pooling.Both, new float[] { 2, 3, 3, 4 })]
    [InlineData(Pooling.Flatten, new float[] { 1, 2, 3, 4 })]
    public void Pool_TwoCellsOfTwoChannels_IsAsNamed(Pooling pooling, float[] expected)
    {
        using var scope = NewDisposeScope();
        var grid = tensor(new float[] { 1, 2, 3, 4 }, [1, 2, 2]);
        FeaturePooling.Pool(grid, pooling).data<float>().ToArray().ShouldBe(expected);
        FeaturePooling.Size(pooling, cells: 2, channels: 2).ShouldBe(expected.Length);
    }
}
