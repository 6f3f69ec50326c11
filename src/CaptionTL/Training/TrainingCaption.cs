namespace CaptionTL.Training;

/// <summary>A training caption as indices into the vocabulary.</summary>
/// <param name="Picture">Which picture, counted over the training pictures.</param>
/// <param name="Words">Without beginning and end.</param>
public sealed record TrainingCaption(int Picture, int[] Words);
