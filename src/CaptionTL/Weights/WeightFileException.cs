namespace CaptionTL.Weights;

/// <summary>A weight file that is not what it should be: which file, where in it, and why.</summary>
public sealed class WeightFileException : CaptionTLException
{
    public WeightFileException(string file, string place, string reason, Exception? inner = null)
        : base($"{file}: {place}: {reason}", isInput: true, inner) => (File, Place, Reason) = (file, place, reason);

    public string File { get; }

    /// <summary>For instance <c>header</c> or <c>tensor 'conv_stem.weight'</c>.</summary>
    public string Place { get; }

    public string Reason { get; }
}
