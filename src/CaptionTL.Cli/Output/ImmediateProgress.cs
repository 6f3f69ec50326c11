namespace CaptionTL.Cli.Output;

/// <summary>Reports at once, on the thread that calls: <see cref="Progress{T}"/> would report after the view is closed.</summary>
internal sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
