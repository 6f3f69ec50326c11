namespace CaptionTL.Images;

/// <summary>An operation of libvips failed; why stands in its error buffer (<see cref="VipsLibrary.TakeError"/>).</summary>
internal sealed class VipsException : Exception
{
}
