using CaptionTL.Datasets;

namespace CaptionTL.Evaluation;

/// <summary>A classifier's answer for one picture, and the truth.</summary>
/// <param name="Id">The picture's name within the data set.</param>
/// <param name="Source">Where its bytes are; read only for thumbnails.</param>
/// <param name="Truth">Index of its class.</param>
/// <param name="Probabilities">One a class, in the order of the classes, 0 to 1.</param>
public sealed record ClassifiedPicture(string Id, PictureSource Source, int Truth, IReadOnlyList<float> Probabilities)
{
    /// <summary>Index of the most probable class; of several equal ones the first.</summary>
    public int Predicted => MostProbable(Probabilities);

    public bool IsRight => Predicted == Truth;

    private static int MostProbable(IReadOnlyList<float> probabilities)
    {
        var best = 0;
        for (var i = 1; i < probabilities.Count; i++)
            if (probabilities[i] > probabilities[best]) best = i;
        return best;
    }
}
