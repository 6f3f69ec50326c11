namespace CaptionTL.Service.Contracts;

/// <summary>A picture of a data set that cannot be read.</summary>
/// <param name="Picture">Which.</param>
/// <param name="Reason">In words.</param>
public sealed record UnusablePicture(PictureName Picture, string Reason);
