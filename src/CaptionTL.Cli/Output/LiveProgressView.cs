using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CaptionTL.Cli.Output;

/// <summary>Spectre's live progress: a line a phase with a bar, the numbers of <see cref="ProgressPhase.Describe"/>, finished phases above.</summary>
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
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new NumbersColumn(_numbers))
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
