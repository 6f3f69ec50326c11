using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace CaptionTL.Runtime;

/// <summary>
/// Holds the finalizers back for a moment after every garbage collection. TorchSharp 0.107 gives native handles to libtorch without keeping
/// their owners alive: in <c>x * 0.5</c> the number's <c>Scalar</c> is garbage as soon as its handle has been read, and a collection in
/// just that moment has it freed while libtorch still reads it. The sum is then wrong, or "Unknown scalar type" is thrown. On a quiet
/// machine the reading thread is always faster; on a crowded one it was seen to lose. The sentinel is the oldest of the youngest
/// generation and therefore finalized first; what was in use when the collection began is the youngest and comes last.
/// </summary>
internal sealed class LateFinalization
{
    /// <summary>Longer than a runnable thread waits for a processor on a crowded machine.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    private LateFinalization()
    {
    }

    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries",
        Justification = "Whoever uses the library should not have to know.")]
    [ModuleInitializer]
    public static void Begin() => Next();

    ~LateFinalization()
    {
        if (!Environment.HasShutdownStarted) Next(); // first, for a collection while this one sleeps
        Thread.Sleep(Delay);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Next() => _ = new LateFinalization();
}
