namespace CaptionTL.Training;

/// <summary>A step of a learning-rate range test.</summary>
/// <param name="Rate">Of the head.</param>
/// <param name="Loss">Of the step's batch, before the step.</param>
/// <param name="Smoothed">Moving mean of the loss, without bias towards 0.</param>
public sealed record LearningRatePoint(double Rate, double Loss, double Smoothed);
