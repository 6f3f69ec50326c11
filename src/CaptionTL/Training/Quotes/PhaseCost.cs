namespace CaptionTL.Training.Quotes;

/// <summary>What a phase will cost at most: it may end early.</summary>
/// <param name="Phase">Its name.</param>
/// <param name="Epochs">As the plan says.</param>
/// <param name="StepsAnEpoch">Batches.</param>
/// <param name="SecondsAStep">Measured on real steps.</param>
/// <param name="DevPictures">Scored after every epoch.</param>
/// <param name="SecondsADevPicture">Measured on a few.</param>
public sealed record PhaseCost(string Phase, int Epochs, int StepsAnEpoch, double SecondsAStep, int DevPictures, double SecondsADevPicture)
{
    public long Steps => (long)Epochs * StepsAnEpoch;

    public double Seconds => Steps * SecondsAStep + (double)Epochs * DevPictures * SecondsADevPicture;
}
