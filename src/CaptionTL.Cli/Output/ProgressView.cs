namespace CaptionTL.Cli.Output;

/// <summary>
/// Shows long work on standard error: on a terminal a live display, otherwise plain lines at intervals. Calls may come from any thread.
/// </summary>
internal abstract class ProgressView(TimeProvider clock) : IDisposable
{
    private readonly Lock _lock = new();
    private ProgressPhase? _phase;

    public static ProgressView Create(TextWriter error) =>
        Terminal.IsTerminal(error) ? new LiveProgressView(error, TimeProvider.System) : new PlainProgressView(error, TimeProvider.System);

    /// <summary>The state of the work; a new phase name ends the phase before.</summary>
    /// <param name="phase">What is being done: "embedding", "epoch 3".</param>
    /// <param name="done">Units of work done in this phase.</param>
    /// <param name="total">Units in all, or null.</param>
    /// <param name="unit">"images", "steps", "MiB".</param>
    /// <param name="fields">What else there is to say: loss, last scores.</param>
    public void Report(string phase, long done, long? total, string unit, params (string Name, string Value)[] fields)
    {
        lock (_lock)
        {
            var isNew = _phase?.Name != phase;
            if (isNew)
            {
                if (_phase is not null) End(_phase);
                _phase = new ProgressPhase(phase, unit, clock);
            }
            _phase!.Update(done, total, fields);
            Show(_phase, isNew);
        }
    }

    /// <summary>A line that stays: a warning, a saved file.</summary>
    public void Message(string text)
    {
        lock (_lock) ShowMessage(text);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_phase is not null) End(_phase);
            _phase = null;
            Close();
        }
        GC.SuppressFinalize(this);
    }

    protected abstract void Show(ProgressPhase phase, bool isNew);

    protected abstract void End(ProgressPhase phase);

    protected abstract void ShowMessage(string text);

    protected abstract void Close();
}
