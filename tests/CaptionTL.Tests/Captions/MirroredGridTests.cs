using CaptionTL.Captions;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Captions;

[Collection(nameof(TorchCollection))]
public sealed class MirroredGridTests
{
    [Fact]
    public void Mean_AGridAndItsMirrorImage_IsTheGrid()
    {
        using var scope = NewDisposeScope();
        var grid = arange(2 * 9 * 3, dtype: ScalarType.Float32).view(2, 9, 3);
        var mirrored = grid.view(2, 3, 3, 3).flip(2).view(2, 9, 3);

        MirroredGrid.Mean(cat([grid, mirrored], 0)).data<float>().ToArray().ShouldBe(grid.data<float>().ToArray());
    }

    [Fact]
    public void Mean_TwoByTwoCells_TurnsTheSecondLeftToRight()
    {
        using var scope = NewDisposeScope();
        var grids = tensor(new float[] { 0, 2, 4, 6, /* mirrored: */ 10, 20, 30, 40 }, [2, 4, 1]).to(ScalarType.Float16);

        var mean = MirroredGrid.Mean(grids);

        mean.shape.ShouldBe([1, 4, 1]);
        mean.data<float>().ToArray().ShouldBe([10f, 6, 22, 18]);
    }

    [Fact]
    public void Mean_CellsOfNoSquare_SaysWhatToDo()
    {
        using var grids = zeros(2, 6, 4);
        Should.Throw<CaptionTLException>(() => MirroredGrid.Mean(grids)).Message.ShouldContain("decoding.mirror");
    }
}
