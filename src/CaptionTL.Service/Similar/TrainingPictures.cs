using CaptionTL.Datasets;
using CaptionTL.Service.Api;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Jobs;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Serving;

namespace CaptionTL.Service.Similar;

/// <summary>Which pictures a model learned from, as far as they are on this service.</summary>
internal sealed class TrainingPictures(ModelRegistry registry, RunFolders folders, DataSetStore sets)
{
    /// <returns>The data set with its version, and the rows of the training split as they were then.</returns>
    /// <exception cref="ApiException">404 with the code "training_pictures_absent": the message says why they are not here.</exception>
    public (string Data, IReadOnlyList<PictureRow> Rows) Of(ServedModel model)
    {
        var made = registry.Snapshot.Find(model.Name)!.Versions.First(v => v.Version == model.Version);
        if (made.Run is not { } run) throw Absent($"'{model.Name}' was not trained here: the pictures that it learned from are not on this service.");
        if (folders.SplitFile(run) is not { } split) throw Absent(FormattableString.Invariant($"Run {run}, which made version {model.Version} of '{model.Name}', was deleted, and with it the list of pictures that it learned from."));
        var (name, version) = DataSetName.Parse(made.Data);
        if (version is null || !sets.Exists(name)) throw Absent($"The data set '{name}', from which '{model.Name}' learned, was deleted.");
        var kept = DataSplit.Load(split);
        return (made.Data, [.. sets.Files(name).Rows(version.Value).Where(row => kept[row.File] == Split.Train)]);
    }

    private static ApiException Absent(string why) => new(404, "training_pictures_absent", why, "Models that were trained here, and whose data set and run are kept, can show theirs.");
}
