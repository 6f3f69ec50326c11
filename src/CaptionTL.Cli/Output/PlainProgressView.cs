namespace CaptionTL.Cli.Output;

/// <summary>One line when a phase begins, one after two, five and then every ten seconds (every minute after five minutes), one at its end.</summary>
internal sealed class PlainProgressView(TextWriter error, TimeProvider clock) : ProgressView(clock)
{
    private TimeSpan _next;
    private string _shown = "";

    protected override void Show(ProgressPhase phase, bool isNew)
    {
        var elapsed = phase.Elapsed;
        if (!isNew && elapsed < _next) return;
        _next = elapsed + (elapsed.TotalSeconds switch { < 2 => TimeSpan.FromSeconds(2), < 5 => TimeSpan.FromSeconds(3), < 300 => TimeSpan.FromSeconds(10), _ => TimeSpan.FromMinutes(1) });
        Write(phase.Name + ": " + phase.Describe());
    }

    protected override void End(ProgressPhase phase)
    {
        var line = phase.Name + ": " + phase.Describe();
        if (line != _shown) Write(line);
    }

    protected override void ShowMessage(string text) => Write(text);

    protected override void Close() => error.Flush();

    private void Write(string line)
    {
        error.WriteLine(line);
        _shown = line;
    }
}
