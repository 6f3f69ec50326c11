namespace CaptionTL.Cli;

/// <summary>What the process ends with. Scripts rely on these numbers: they do not change.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Something failed underway: disk full, download broken off, a fault of the program.</summary>
    public const int Failed = 1;

    /// <summary>Wrong use or bad input: the person at the keyboard has to change something.</summary>
    public const int WrongUse = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM, as shells number it.</summary>
    public const int Interrupted = 130;
}
