using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

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
    /// <param name="fields">More values to show: loss, last scores.</param>
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

/// <summary>
/// Spectre's live progress: a line for each phase with a bar and the numbers of <see cref="ProgressPhase.Describe"/>.
/// </summary>
internal sealed class LiveProgressView : ProgressView
{
    private readonly IAnsiConsole _console;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ProgressContext> _context = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, string> _numbers = new();
    private readonly Task _display;
    private ProgressTask? _task;

    public LiveProgressView(TextWriter error, TimeProvider clock) : base(clock)
    {
        _console = Terminal.Console(error);
        _display = Task.Run(() => _console.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new NumbersColumn(_numbers))
            .StartAsync(async context =>
            {
                _context.SetResult(context);
                await _closed.Task;
            }));
    }

    protected override void Show(ProgressPhase phase, bool isNew)
    {
        if (isNew) _task = _context.Task.GetAwaiter().GetResult().AddTask(Markup.Escape(phase.Name));
        _task!.MaxValue = Math.Max(1, phase.Total ?? 1);
        _task.IsIndeterminate = phase.Total is null;
        _task.Value = Math.Min(phase.Done, _task.MaxValue);
        _numbers[_task.Id] = phase.Describe();
    }

    protected override void End(ProgressPhase phase)
    {
        _numbers[_task!.Id] = phase.Describe();
        _task.StopTask();
    }

    protected override void ShowMessage(string text) => _console.WriteLine(text);

    protected override void Close()
    {
        _closed.TrySetResult();
        _display.GetAwaiter().GetResult();
    }

    private sealed class NumbersColumn(ConcurrentDictionary<int, string> numbers) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Spectre.Console.Text(numbers.GetValueOrDefault(task.Id, "")) { Overflow = Overflow.Ellipsis };
    }
}

/// <summary>
/// A line when a phase begins, after two and five seconds, then every ten seconds (every minute after five minutes), and at its end.
/// </summary>
internal sealed class PlainProgressView(TextWriter error, TimeProvider clock) : ProgressView(clock)
{
    private TimeSpan _next;
    private string _shown = "";

    protected override void Show(ProgressPhase phase, bool isNew)
    {
        var elapsed = phase.Elapsed;
        if (!isNew && elapsed < _next) return;
        _next = elapsed + TimeSpan.FromSeconds(elapsed.TotalSeconds switch { < 2 => 2, < 5 => 3, < 300 => 10, _ => 60 });
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

/// <summary>Where one phase of the work stands.</summary>
internal sealed class ProgressPhase(string name, string unit, TimeProvider clock)
{
    private readonly RateMeter _rate = new(clock);
    private readonly long _start = clock.GetTimestamp();

    public string Name => name;

    public long Done { get; private set; }

    /// <summary>Null where it is not known how much there is.</summary>
    public long? Total { get; private set; }

    public IReadOnlyList<(string Name, string Value)> Fields { get; private set; } = [];

    public bool IsComplete => Done >= Total;

    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    public void Update(long done, long? total, IReadOnlyList<(string Name, string Value)> fields)
    {
        (Done, Total, Fields) = (done, total, fields);
        _rate.Add(done);
    }

    /// <summary>1200/7000 images (17 %), 41.3 images/s, 2 min 21 s left, loss 2.31</summary>
    public string Describe()
    {
        var parts = new List<string> { Total is > 0 ? $"{Done}/{Total} {unit} ({100 * Done / Total} %)" : $"{Done} {unit}" };
        if (_rate.PerSecond is { } rate) parts.Add($"{Units.Number(rate)} {unit}/s");
        if (TimeLeft is { } left) parts.Add($"{Units.Duration(left)} left");
        parts.AddRange(Fields.Select(field => $"{field.Name} {field.Value}"));
        return string.Join(", ", parts);
    }

    private TimeSpan? TimeLeft =>
        !IsComplete && (Total - Done) / _rate.PerSecond is < 1e8 and var seconds ? TimeSpan.FromSeconds(seconds) : null;
}

/// <summary>Units of work a second over the last half minute, so that a slow start or a pause is soon forgotten.</summary>
internal sealed class RateMeter(TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly Queue<(long Time, long Done)> _samples = new();
    private (long Time, long Done) _last;

    public void Add(long done)
    {
        _last = (clock.GetTimestamp(), done);
        // One sample a quarter of a second is enough; the oldest one kept is the one just outside the window.
        if (_samples.Count == 0 || clock.GetElapsedTime(_samples.Last().Time, _last.Time) >= TimeSpan.FromSeconds(0.25))
            _samples.Enqueue(_last);
        while (_samples.Count > 2 && clock.GetElapsedTime(_samples.ElementAt(1).Time, _last.Time) > Window) _samples.Dequeue();
    }

    /// <summary>Units a second, or null before there is anything to measure.</summary>
    public double? PerSecond
    {
        get
        {
            if (_samples.Count == 0) return null;
            var first = _samples.Peek();
            var seconds = clock.GetElapsedTime(first.Time, _last.Time).TotalSeconds;
            return seconds > 0 && _last.Done > first.Done ? (_last.Done - first.Done) / seconds : null;
        }
    }
}
