using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>
/// Listens to the parent on standard input: "until MILLISECONDS" prolongs the lease (since 1970), "stop" asks for an orderly stop. The end of
/// the input means that the parent is gone: the work stops as well, in an orderly way as long as the lease holds. When the lease runs out,
/// since the parent does not renew it any more or because this process was itself stopped for a while, the process ends at once: by then
/// another one may have taken up the work.
/// </summary>
internal sealed class ParentWatch : IDisposable
{
    public const string Prolong = "until ";
    public const string StopLine = "stop";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Timer _timer;
    private long _until;

    public ParentWatch(DateTimeOffset until, JobOutput output)
    {
        _until = until.ToUnixTimeMilliseconds();
        // A terminal's Ctrl-C comes to parent and child alike; the parent says what is to be done.
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Stop();
            }));
        new Thread(() => Listen(output)) { IsBackground = true, Name = "parent" }.Start();
        _timer = new Timer(_ => EndWithTheLease(), null, Look, Look);
    }

    /// <summary>Cancelled when the work is to stop.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        _timer.Dispose();
        foreach (var signal in _signals) signal.Dispose();
    }

    private void Listen(JobOutput output)
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line == StopLine) Stop();
            else if (line.StartsWith(Prolong, StringComparison.Ordinal) && long.TryParse(line.AsSpan(Prolong.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var until))
                Volatile.Write(ref _until, until);
        }
        output.Write(new JobMessage { Log = "The service's process is gone; stopping." });
        Stop();
    }

    private void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work is done.
        }
    }

    private void EndWithTheLease()
    {
        if (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() < Volatile.Read(ref _until)) return;
        using var self = Process.GetCurrentProcess();
        self.Kill(); // at once: nothing more may be written
    }
}
