using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests.Core;

public class DisposeScopeTests
{
    [Fact]
    public void Scope_AtItsEnd_DisposesWhatWasMadeInside()
    {
        Tensor inside, kept;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                inside = ones(2);
                kept = ones(2).MoveToOuterDisposeScope();
                inner.DisposablesCount.ShouldBe(1);
                inner.Contains(inside).ShouldBeTrue();
            }
            inside.IsInvalid.ShouldBeTrue();
            kept.IsInvalid.ShouldBeFalse();
            outer.Contains(kept).ShouldBeTrue();
        }
        kept.IsInvalid.ShouldBeTrue();
        CurrentDisposeScope.ShouldBeNull();
    }

    [Fact]
    public void Scope_DetachedAndDisposedByHand_AreForgotten()
    {
        Tensor detached;
        using (var scope = NewDisposeScope())
        {
            detached = ones(2).DetachFromDisposeScope();
            ones(3).Dispose();
            scope.DisposablesCount.ShouldBe(0);
        }
        detached.IsInvalid.ShouldBeFalse();
        detached.Dispose();
    }

    [Fact]
    public void Scope_AttachAndMoveToOther_ChangesTheOwner()
    {
        var x = ones(2);
        using (var first = NewDisposeScope())
        using (var second = NewDisposeScope())
        {
            first.Attach(x);
            x.MoveToOtherDisposeScope(second);
            (first.DisposablesCount, second.DisposablesCount).ShouldBe((0, 1));
            var (a, b) = second.Detach(x, ones(1));
            second.DisposablesCount.ShouldBe(0);
            b.Dispose();
        }
        x.IsInvalid.ShouldBeFalse();
        x.Dispose();
    }

    [Fact]
    public void Scope_DisposeEverythingBut_KeepsThat()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (ones(2), ones(2));
        scope.DisposeEverythingBut(y);
        (x.IsInvalid, y.IsInvalid, scope.DisposablesCount).ShouldBe((true, false, 1));
    }

    [Fact]
    public void Scope_EndedOutOfOrder_LeavesTheChainWhole()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        CurrentDisposeScope.ShouldBeSameAs(inner);
        inner.Dispose();
        CurrentDisposeScope.ShouldBeNull();
        Should.Throw<ObjectDisposedException>(() => inner.DisposablesCount);
    }

    [Fact]
    public void Scope_OnAnotherThread_IsItsOwn()
    {
        using var scope = NewDisposeScope();
        DisposeScope? there = scope;
        var thread = new Thread(() => there = CurrentDisposeScope);
        thread.Start();
        thread.Join();
        there.ShouldBeNull();
    }

    [Fact]
    public void Statistics_OfThisThread_CountWhatHappens()
    {
        DisposeScopeManager.Statistics.Reset();
        using (var scope = NewDisposeScope())
        {
            ones(1);
            ones(1).DetachFromDisposeScope().Dispose();
        }
        ones(1).Dispose();
        var s = DisposeScopeManager.Statistics.TensorStatistics;
        (s.CreatedInScopeCount, s.CreatedOutsideScopeCount, s.DisposedInScopeCount, s.DisposedOutsideScopeCount, s.DetachedFromScopeCount, s.ThreadTotalLiveCount)
            .ShouldBe((2L, 1L, 1L, 2L, 1L, 0L));
    }

    [Fact]
    public void WrappedTensorDisposeScope_Result_IsAllThatStays()
    {
        Tensor? inner = null;
        using var y = WrappedTensorDisposeScope(() =>
        {
            inner = ones(2);
            return inner * 2;
        });
        inner!.IsInvalid.ShouldBeTrue();
        y.sum().ToSingle().ShouldBe(4);
    }
}
