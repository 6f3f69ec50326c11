using System.Runtime.InteropServices;

namespace CaptionTL.Cli;

/// <summary>The first Ctrl-C (or SIGTERM) asks for an orderly stop, the second ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TextWriter _error;
    private readonly Action<int> _exit;
    private int _signals;

    /// <param name="error">Where the person is told what happens.</param>
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
                context.Cancel = true; // the process is not ended by the signal itself
                interruption.Signal();
            }));
        return interruption;
    }

    /// <summary>One signal has come.</summary>
    public void Signal()
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            _exit(ExitCode.Interrupted);
            return;
        }
        _error.WriteLine("stopping in an orderly way; press Ctrl-C again to end at once");
        _source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }
}
