using CaptionTL.Datasets;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.DataSets;

/// <summary>A data set's dataset.json. Replacing it is what makes a change count: a version's file without an entry here is left over from a crash.</summary>
/// <param name="Name">Also the folder's.</param>
/// <param name="Kind">What is known of its pictures.</param>
/// <param name="Version">The newest.</param>
/// <param name="NextPicture">Ids are never used again.</param>
/// <param name="Changes">The oldest first.</param>
/// <param name="LeftOut">What of uploads was left out, the newest last.</param>
internal sealed record DataSetState(string Name, DataSetKind Kind, int Version, int NextPicture, IReadOnlyList<DataSetChange> Changes, IReadOnlyList<DatasetProblem> LeftOut);
