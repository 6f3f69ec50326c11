namespace CaptionTL;

/// <summary>
/// A failure that the person at the keyboard can act on: the message says what is wrong, where, and what to do next.
/// The CLI prints it without a stack trace and ends with exit code 2 (<see cref="IsInput"/>) or 1.
/// </summary>
public class CaptionTLException : Exception
{
    public CaptionTLException(string message, bool isInput = true, Exception? inner = null) : base(message, inner) => IsInput = isInput;

    /// <summary>
    /// True where the input or the command is wrong, false where something failed underway (disk full, download broken off).
    /// </summary>
    public bool IsInput { get; }
}
