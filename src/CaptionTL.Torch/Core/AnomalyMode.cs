using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>Sets autograd's search for the origin of NaN gradients, until disposed. For the whole process.</summary>
public class AnomalyMode : IDisposable
{
    private readonly (bool enabled, bool checkNaN) before;
    private bool disposed;

    public AnomalyMode(bool enabled, bool check_nan = true) => before = Exchange(true, enabled, check_nan);

    public static bool IsEnabled => Exchange(false, false, false).enabled;

    public static bool ShouldCheckNaN => Exchange(false, false, false).checkNaN;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposed) return;
        Exchange(true, before.enabled, before.checkNaN);
        disposed = true;
    }

    private static unsafe (bool enabled, bool checkNaN) Exchange(bool set, bool enabled, bool checkNaN)
    {
        int was, checkedNaN;
        NativeMethods.ct_anomaly(set ? 1 : 0, enabled ? 1 : 0, checkNaN ? 1 : 0, &was, &checkedNaN);
        return (was != 0, checkedNaN != 0);
    }
}
