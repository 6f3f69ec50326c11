using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests.Core;

[Collection(nameof(LifetimeTests))]
public class GeneratorTests
{
    [Fact]
    public void ManualSeed_Twice_GivesTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        using (manual_seed(7)) { }
        var first = rand(10);
        using (manual_seed(7)) { }
        rand(10).Equals(first).ShouldBeTrue();
        initial_seed().ShouldBe(7);
        rand(10).Equals(first).ShouldBeFalse();
    }

    [Fact]
    public void ManualSeed_KnownSeed_GivesPyTorchsNumbers()
    {
        using var scope = NewDisposeScope();
        using (manual_seed(0)) { }
        rand(3).data<float>().ToArray().ShouldBe([0.4962566f, 0.7682218f, 0.0884774f], 1e-6);
    }

    [Fact]
    public void State_StoredAndSet_GoesOnWhereItWas()
    {
        using var scope = NewDisposeScope();
        rand(3);
        var state = get_rng_state();
        state.dtype.ShouldBe(ScalarType.Byte);
        var next = randn(20);
        randn(5);
        set_rng_state(state);
        randn(20).Equals(next).ShouldBeTrue();
    }

    [Fact]
    public void Generator_OfItsOwn_LeavesTheDefaultAlone()
    {
        using var scope = NewDisposeScope();
        using (manual_seed(1)) { }
        var expected = rand(4);
        using (manual_seed(1)) { }
        using var own = new Generator(5);
        var drawn = rand(4, generator: own);
        randperm(10, generator: own);
        ones(3).bernoulli_(0.5, own);
        rand(4).Equals(expected).ShouldBeTrue();
        own.manual_seed(5);
        rand(4, generator: own).Equals(drawn).ShouldBeTrue();
        own.initial_seed().ShouldBe(5);
        own.seed().ShouldNotBe(5);
    }

    [Fact]
    public void SetState_NotAState_IsLibtorchsError()
    {
        using var x = zeros(3, ScalarType.Byte);
        Should.Throw<System.Runtime.InteropServices.ExternalException>(() => set_rng_state(x));
    }

    [Fact]
    public void Threads_Set_AreRead()
    {
        var before = get_num_threads();
        set_num_threads(1);
        get_num_threads().ShouldBe(1);
        set_num_threads(before);
        get_num_threads().ShouldBe(before);
        get_num_interop_threads().ShouldBeGreaterThan(0);
    }
}
