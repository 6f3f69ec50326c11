namespace CaptionTL.Evaluation;

/// <summary>How well one class is told from the others. What would be 0/0 is 0.</summary>
/// <param name="Name">The class.</param>
/// <param name="Precision">Share of the pictures given this class that are of it.</param>
/// <param name="Recall">Share of its pictures that are given it.</param>
/// <param name="F1">Harmonic mean of both.</param>
/// <param name="Support">Its pictures.</param>
/// <param name="Predicted">Pictures given this class.</param>
public sealed record ClassScores(string Name, double Precision, double Recall, double F1, int Support, int Predicted);
