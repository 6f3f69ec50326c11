namespace CaptionTL.Models;

/// <summary>The data set that a model was trained on.</summary>
/// <param name="Name">Of the data set.</param>
/// <param name="TrainPictures">Pictures it learned from.</param>
/// <param name="DevPictures">Pictures that chose the best epoch and gave the scores.</param>
public sealed record BundleData(string Name, int TrainPictures, int DevPictures)
{
    /// <summary>Captions it learned from; none for a classifier.</summary>
    public int? TrainCaptions { get; init; }
}
