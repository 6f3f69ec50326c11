namespace CaptionTL.Service.Contracts;

/// <summary>A picture of a data set.</summary>
/// <param name="Id">Within the data set; never used again.</param>
/// <param name="Name">The file name it came with.</param>
public sealed record PictureName(int Id, string Name);
