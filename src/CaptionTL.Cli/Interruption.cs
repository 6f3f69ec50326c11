using System.Runtime.InteropServices;

namespace CaptionTL.Cli;

/// <summary>The first Ctrl-C (or SIGTERM) requests an orderly stop, the second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TextWriter _error;
    private readonly Action<int> _exit;
    private int _signals;

    /// <param name="error">Standard error, where the user is told what happens.</param>
    /// <param name="exit">Ends the process with an exit code.</param>
    public Interruption(TextWriter error, Action<int> exit) => (_error, _exit) = (error, exit);

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Takes over the process's signals until disposed.</summary>
    public static Interruption Listen(TextWriter error)
    {
        var interruption = new Interruption(error, Environment.Exit);
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            interruption._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true; // keeps the signal itself from ending the process
                interruption.Signal();
            }));
        return interruption;
    }

    /// <summary>A signal has arrived.</summary>
    public void Signal()
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            _exit(ExitCode.Interrupted);
            return;
        }
        _error.WriteLine("stopping after the current step; press Ctrl-C again to stop at once");
        _source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }
}
