using System.Runtime.CompilerServices;
using CaptionTL.Runtime;

namespace CaptionTL.Tests.Runtime;

[Collection(nameof(TorchCollection))]
public class LateFinalizationTests
{
    private static volatile bool _finalized;

    private sealed class Probe
    {
        ~Probe() => _finalized = true;
    }

    [Fact]
    public void Collect_WhatWasJustMade_IsFinalizedAfterTheOthers()
    {
        LateFinalization.Begin();
        for (var i = 0; i < 5; i++)
        {
            _finalized = false;
            Make();
            GC.Collect(0);
            _finalized.ShouldBeFalse("the collection alone frees nothing");
            GC.WaitForPendingFinalizers();
            _finalized.ShouldBeTrue();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Make() => _ = new Probe();
}
