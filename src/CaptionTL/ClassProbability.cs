namespace CaptionTL;

/// <summary>A class and how probable it is.</summary>
/// <param name="Name">Of the class.</param>
/// <param name="Probability">0 to 1, calibrated on the pictures that chose the model.</param>
public sealed record ClassProbability(string Name, double Probability);
