using CaptionTL.Images;

namespace CaptionTL.Datasets;

/// <summary>A picture as a network takes it.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Picture">Of the network's size; null where it could not be read.</param>
/// <param name="Problem">Why not, without the picture's name.</param>
public sealed record PreparedPicture(string Id, RgbImage? Picture, string? Problem = null);
