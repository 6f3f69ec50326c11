namespace CaptionTL.Heads.Classical;

/// <summary>The machine of one pair of classes: Σ coefficient·kernel(row) + intercept is above 0 for the second class.</summary>
/// <param name="First">Position of the first class.</param>
/// <param name="Second">Position of the second class.</param>
/// <param name="Rows">The pair's rows in the matrix that was trained on.</param>
/// <param name="Coefficients">One a row; 0 where it is no support vector.</param>
/// <param name="Intercept">Added.</param>
/// <param name="Converged">False where the steps ran out.</param>
internal sealed record PairSolution(int First, int Second, int[] Rows, double[] Coefficients, double Intercept, bool Converged);
