using CaptionTL.Datasets;

namespace CaptionTL.Service.Contracts;

/// <summary>What an upload added to a data set.</summary>
/// <param name="Version">Of the data set now.</param>
/// <param name="Pictures">The new ones.</param>
/// <param name="LeftOut">What of the upload was left out, and why.</param>
public sealed record PicturesAdded(int Version, IReadOnlyList<DataSetPicture> Pictures, IReadOnlyList<DatasetProblem> LeftOut);
