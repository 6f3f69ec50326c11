namespace CaptionTL.Service.Contracts;

/// <summary>Some pictures of a data set.</summary>
/// <param name="Version">Of the data set.</param>
/// <param name="Total">Pictures that fit what was asked for.</param>
/// <param name="Offset">Of the first one here.</param>
/// <param name="Pictures">In the data set's order.</param>
public sealed record DataSetPicturePage(int Version, int Total, int Offset, IReadOnlyList<DataSetPicture> Pictures);
