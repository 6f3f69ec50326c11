using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests;

public class AutogradTests
{
    [Fact]
    public void Backward_Product_GivesTheOtherFactor()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new[] { 1f, 2f, 3f }, requires_grad: true);
        var b = tensor(new[] { 4f, 5f, 6f });
        (a * b).sum().backward();
        a.grad!.data<float>().ToArray().ShouldBe([4f, 5f, 6f]);
        b.grad.ShouldBeNull();
    }

    [Fact]
    public void Matmul_ShapesThatDoNotFit_GivesLibtorchsMessage()
    {
        using var scope = NewDisposeScope();
        var error = Should.Throw<ExternalException>(() => ones(2, 3).matmul(ones(4, 5)));
        error.Message.ShouldBe("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)");
    }
}
