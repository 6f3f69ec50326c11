using System.Text.Json;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>Lines to the parent, from any thread; a heartbeat every second.</summary>
internal sealed class JobOutput : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly StreamWriter _writer = new(Console.OpenStandardOutput()) { AutoFlush = true };
    private readonly Timer _heart;

    public JobOutput() => _heart = new Timer(_ => Write(new JobMessage()), null, TimeSpan.Zero, Beat);

    public void Write(JobMessage message)
    {
        try
        {
            lock (_gate) _writer.WriteLine(JsonSerializer.Serialize(message, Json.Compact));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The parent is gone; ParentWatch ends the work.
        }
    }

    public void Dispose()
    {
        _heart.Dispose();
        lock (_gate) _writer.Dispose();
    }
}
