namespace CaptionTL.Training;

/// <summary>All that training reads.</summary>
/// <param name="Captions">Training captions as indices, by picture.</param>
/// <param name="Pictures">The training pictures' embeddings, in the order that <see cref="TrainingPicture.Picture"/> counts.</param>
public sealed record CaptionTrainingData(IReadOnlyList<TrainingPicture> Captions, IPictureEmbeddings Pictures);
