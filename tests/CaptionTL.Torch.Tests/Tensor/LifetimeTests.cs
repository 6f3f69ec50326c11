using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests;

/// <summary>Nothing stays behind. The counts are the process's, so these tests run alone.</summary>
[Collection(nameof(LifetimeTests))]
[CollectionDefinition(nameof(LifetimeTests), DisableParallelization = true)]
public class LifetimeTests
{
    private static (long objects, long handles) Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return (Tensor.TotalCount, Native.LiveTensors);
    }

    [Fact]
    public void Scope_ForwardPass_LeavesTheResultOnly()
    {
        var before = Live();
        Tensor y;
        using (NewDisposeScope())
        {
            var x = rand(8, 16);
            y = x.matmul(rand(16, 4)).relu().softmax(1)[TensorIndex.Ellipsis, ..2].MoveToOuterDisposeScope();
        }
        Live().ShouldBe((before.objects + 1, before.handles + 1));
        y.shape.ShouldBe([8L, 2]);
        y.Dispose();
        Live().ShouldBe(before);
    }

    [Fact]
    public void Scope_TrainingStep_LeavesNothing()
    {
        using var weight = rand(16, 4, requires_grad: true);
        using (weight.grad = zeros_like(weight)) { }
        var before = Live();
        for (var step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            var loss = rand(8, 16).matmul(weight).pow(2).mean();
            loss.backward();
            using var off = no_grad();
            weight.sub_(weight.grad! * 0.1);
            weight.grad!.zero_();
        }
        Live().ShouldBe(before);
    }

    [Fact]
    public void Scope_Exception_LeavesNothing()
    {
        var before = Live();
        Should.Throw<ExternalException>(() =>
        {
            using var scope = NewDisposeScope();
            rand(2, 3).matmul(rand(4, 5));
        });
        Should.Throw<ExternalException>(() =>
        {
            using var scope = NewDisposeScope();
            _ = rand(2, 3)[TensorIndex.Colon, 7];
        });
        CurrentDisposeScope.ShouldBeNull();
        Live().ShouldBe(before);
    }

    [Fact]
    public void Finalizer_ForgottenTensors_FreesThem()
    {
        var before = Live();
        Forget();
        Live().ShouldBe(before);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget()
        {
            for (var k = 0; k < 100; k++) rand(10);
        }
    }

    [Fact]
    public void InPlace_Operator_ReturnsTheSameObject()
    {
        using var x = ones(3);
        var before = Live();
        x.add_(1).mul_(2).clamp_(0, 3).ShouldBeSameAs(x);
        Live().ShouldBe(before);
        x.data<float>().ToArray().ShouldBe([3f, 3f, 3f]);
    }

    [Fact]
    public void PeakCount_AfterMany_IsAtLeastThat()
    {
        using var scope = NewDisposeScope();
        for (var k = 0; k < 50; k++) rand(1);
        Tensor.PeakCount.ShouldBeGreaterThanOrEqualTo(50);
    }
}
