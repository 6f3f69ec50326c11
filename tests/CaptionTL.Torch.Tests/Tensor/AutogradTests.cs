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
    public void Backward_Twice_NeedsTheGraphAndAddsUp()
    {
        using var scope = NewDisposeScope();
        var x = ones(1, requires_grad: true);
        var y = (x * x).sum();
        y.backward(retain_graph: true);
        y.backward();
        x.grad!.ToSingle().ShouldBe(4);
        Should.Throw<ExternalException>(() => y.backward()).Message.ShouldStartWith("Trying to backward through the graph a second time");
    }

    [Fact]
    public void Backward_OfSeveralNumbers_NeedsAGradient()
    {
        using var scope = NewDisposeScope();
        var x = ones(3, requires_grad: true);
        Should.Throw<ExternalException>(() => (x * 2).backward()).Message.ShouldBe("grad can be implicitly created only for scalar outputs");
        (x * 2).backward([tensor(new[] { 1f, 2f, 3f })]);
        x.grad!.data<float>().ToArray().ShouldBe([2f, 4f, 6f]);
    }

    [Fact]
    public void Grad_Set_IsWhatItWasSetTo()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        x.grad = full([2], 5f);
        x.grad!.data<float>().ToArray().ShouldBe([5f, 5f]);
        x.grad = null;
        x.grad.ShouldBeNull();
        Should.Throw<ExternalException>(() => ones(2, ScalarType.Int64).requires_grad = true).Message.ShouldContain("floating point");
    }

    [Fact]
    public void RetainGrad_InnerTensor_KeepsItsGradient()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var inner = x * 3;
        inner.retain_grad();
        inner.is_leaf.ShouldBeFalse();
        (inner * inner).sum().backward();
        inner.grad!.data<float>().ToArray().ShouldBe([6f, 6f]);
    }

    [Fact]
    public void NoGrad_InsideAndNested_IsRestored()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            is_grad_enabled().ShouldBeFalse();
            (x * 2).requires_grad.ShouldBeFalse();
            using (enable_grad()) (x * 2).requires_grad.ShouldBeTrue();
            is_grad_enabled().ShouldBeFalse();
        }
        is_grad_enabled().ShouldBeTrue();
        x.detach().requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void InferenceMode_Tensors_NeverTakePartInAutograd()
    {
        using var scope = NewDisposeScope();
        Tensor made;
        using (inference_mode())
        {
            is_inference_mode_enabled().ShouldBeTrue();
            made = ones(2) * 2;
        }
        is_inference_mode_enabled().ShouldBeFalse();
        made.is_inference.ShouldBeTrue();
        var weight = ones(2, requires_grad: true);
        Should.Throw<ExternalException>(() => weight * made).Message.ShouldStartWith("Inference tensors cannot be saved for backward");
        Should.Throw<ExternalException>(() => made.requires_grad = true);
    }

    [Fact]
    public void DetectAnomaly_NaNInBackward_IsAnError()
    {
        using var scope = NewDisposeScope();
        var x = zeros(1, requires_grad: true);
        using (var mode = autograd.detect_anomaly())
        {
            AnomalyMode.IsEnabled.ShouldBeTrue();
            Should.Throw<ExternalException>(() => (x.sqrt() * 0).sum().backward()).Message.ShouldContain("returned nan values");
        }
        AnomalyMode.IsEnabled.ShouldBeFalse();
    }
}
