namespace CaptionTL.Training;

/// <summary>Reports at once, on the thread that calls; <see cref="Progress{T}"/> would report later, out of order, or after the view is closed.</summary>
public sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
