namespace CaptionTL.Service.Contracts;

/// <summary>How the attention of words lies over a picture.</summary>
/// <param name="Rows">Of cells.</param>
/// <param name="Columns">Of cells.</param>
/// <param name="Left">Left edge of the part of the picture that the network sees, as a share of the width.</param>
/// <param name="Top">Top edge, as a share of the height.</param>
/// <param name="Width">Of that part, as a share of the width.</param>
/// <param name="Height">As a share of the height.</param>
public sealed record AttentionGrid(int Rows, int Columns, double Left, double Top, double Width, double Height);
