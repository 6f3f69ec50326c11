using CaptionTL.Training.Plans;

namespace CaptionTL.Classes;

/// <summary>
/// Multinomial logistic regression with scikit-learn's objective: C · Σ cross-entropy + 0.5·|w|², intercepts not penalised. With two
/// classes one vector of weights gives the log odds of the second. Fitted by L-BFGS; the result does not depend on the number of threads.
/// </summary>
public sealed class LogisticRegression : IClassicalModel
{
    internal const double Tolerance = 1e-7;
    internal const int MaxIterations = 2000;

    private readonly int[] _classes;
    private readonly double[] _parameters; // weights (outputs, features), then intercepts (outputs)

    internal LogisticRegression(int[] classes, int features, double[] parameters, bool converged) =>
        (_classes, Features, _parameters, Converged) = (classes, features, parameters, converged);

    public int Features { get; }

    public IReadOnlyList<int> Classes => _classes;

    /// <summary>False where L-BFGS reached its limit of iterations before the tolerance; the model is usable all the same.</summary>
    public bool Converged { get; }

    /// <summary>(outputs, features), row-major; one output for two classes.</summary>
    public ReadOnlySpan<double> Weights => _parameters.AsSpan(0, Outputs * Features);

    /// <summary>One for each output.</summary>
    public ReadOnlySpan<double> Intercepts => _parameters.AsSpan(Outputs * Features);

    internal double[] Parameters => _parameters;

    private int Outputs => LogisticLoss.Outputs(_classes.Length);

    /// <summary>Fits to all rows.</summary>
    /// <param name="features">Best standardised.</param>
    /// <param name="labels">Class of each row, from 0.</param>
    /// <param name="c">Inverse strength of the penalty, above 0.</param>
    /// <param name="weighting">Whether the errors of rare classes count more; multiplies C class by class.</param>
    /// <param name="token">Stops after the current iteration.</param>
    /// <exception cref="CaptionTLException">Fewer than two classes, labels that do not match the rows, or a C that is not above
    /// 0.</exception>
    public static LogisticRegression Fit(FeatureMatrix features, IReadOnlyList<int> labels, double c = 1,
        ClassWeighting weighting = ClassWeighting.None, CancellationToken token = default)
    {
        var (classes, positions) = ClassicalInput.Check(features, labels);
        return Fit(features, classes, positions, ClassWeights.Of(weighting, positions, classes.Length), c, null, Tolerance, token);
    }

    /// <param name="features">Rows to fit.</param>
    /// <param name="classes">Labels, ascending.</param>
    /// <param name="positions">Position of each row's label in <paramref name="classes"/>.</param>
    /// <param name="weights">How much a row of each class counts.</param>
    /// <param name="c">Inverse strength of the penalty.</param>
    /// <param name="start">Parameters to start from, for instance those of a smaller C; null for zeros.</param>
    /// <param name="tolerance">Largest entry of the gradient of the mean loss at which it ends.</param>
    /// <param name="token">Stops training soon.</param>
    internal static LogisticRegression Fit(FeatureMatrix features, int[] classes, int[] positions, double[] weights, double c,
        double[]? start, double tolerance, CancellationToken token)
    {
        ClassicalInput.CheckPositive(c, "C");
        var loss = new LogisticLoss(features, positions, weights);
        var parameters = (double[]?)start?.Clone() ?? new double[loss.Parameters];
        var converged = new Lbfgs((point, gradient) => loss.Evaluate(point, gradient, c), tolerance, MaxIterations)
            .Minimize(parameters, token);
        ClassicalInput.CheckFinite(parameters);
        return new LogisticRegression(classes, features.Columns, parameters, converged);
    }

    /// <summary>Logits: their softmax is the probability of each class. With two classes the first is 0: its weights are zeros.</summary>
    T IClassicalModel.Decide<T>(IDecisionMath<T> math, T features)
    {
        var rest = _classes.Length - Outputs;
        return math.Linear(features, [.. new double[rest * Features], .. Weights], [.. new double[rest], .. Intercepts], _classes.Length);
    }

    /// <summary>Probability of each class, one array for each row.</summary>
    /// <exception cref="CaptionTLException">Another number of features than it was fitted on.</exception>
    public double[][] Probabilities(FeatureMatrix features)
    {
        var scores = this.Decide(features);
        foreach (var row in scores) Softmax.Apply(row);
        return scores;
    }
}

/// <summary>
/// Mean of the weighted cross-entropies of a linear model plus |w|² / (2·C·rows), and its gradient. Parameters: weights (outputs,
/// columns), then one intercept for each output. Two classes have one output, the log odds of the second; more have one each.
/// </summary>
/// <param name="features">Rows to fit.</param>
/// <param name="positions">Class of each row, 0 to classes − 1.</param>
/// <param name="weights">How much a row of each class counts; as many as classes, at least 2.</param>
internal sealed class LogisticLoss(FeatureMatrix features, int[] positions, double[] weights)
{
    // Rows are summed in this many strips, whatever the number of threads, so that the result is the same to the bit.
    private const int Strips = 8;

    private readonly int _outputs = Outputs(weights.Length);

    public int Parameters => _outputs * (features.Columns + 1);

    public static int Outputs(int classes) => classes == 2 ? 1 : classes;

    /// <param name="parameters">Weights and intercepts.</param>
    /// <param name="gradient">Overwritten.</param>
    /// <param name="c">Inverse strength of the penalty.</param>
    public double Evaluate(double[] parameters, double[] gradient, double c)
    {
        var (n, penalised) = (features.Rows, _outputs * features.Columns);
        var strips = Math.Min(Strips, n);
        var parts = new (double Loss, double[] Gradient)[strips];
        ParallelWork.For(strips, s => parts[s] = Strip(parameters, (int)((long)n * s / strips), (int)((long)n * (s + 1) / strips)));
        Array.Clear(gradient);
        var loss = 0.0;
        foreach (var part in parts)
        {
            loss += part.Loss;
            VectorMath.AddScaled(1.0 / n, part.Gradient, gradient);
        }
        var penalty = 1 / (c * n);
        VectorMath.AddScaled(penalty, parameters.AsSpan(0, penalised), gradient);
        return loss / n + 0.5 * penalty * VectorMath.Dot(parameters.AsSpan(0, penalised), parameters.AsSpan(0, penalised));
    }

    /// <summary>Linear outputs of one row.</summary>
    public static void Logits(ReadOnlySpan<float> row, double[] parameters, Span<double> logits)
    {
        for (var k = 0; k < logits.Length; k++)
            logits[k] = parameters[logits.Length * row.Length + k] + VectorMath.Dot(row, parameters.AsSpan(k * row.Length, row.Length));
    }

    private (double Loss, double[] Gradient) Strip(double[] parameters, int first, int end)
    {
        var (columns, loss, gradient, errors) = (features.Columns, 0.0, new double[parameters.Length], new double[_outputs]);
        for (var r = first; r < end; r++)
        {
            var row = features[r];
            Logits(row, parameters, errors);
            var weight = weights[positions[r]];
            loss += weight * (_outputs == 1 ? BinaryLoss(errors, positions[r]) : SoftmaxLoss(errors, positions[r]));
            for (var k = 0; k < _outputs; k++)
            {
                VectorMath.AddScaled(weight * errors[k], row, gradient.AsSpan(k * columns, columns));
                gradient[_outputs * columns + k] += weight * errors[k];
            }
        }
        return (loss, gradient);
    }

    /// <summary>−log p of the right class; the log odds become the derivative.</summary>
    private static double BinaryLoss(double[] z, int position)
    {
        var (odds, sign) = (z[0], position == 1 ? 1 : -1);
        z[0] = -sign / (1 + Math.Exp(sign * odds));
        return Math.Max(0, -sign * odds) + Math.Log(1 + Math.Exp(-Math.Abs(odds)));
    }

    private static double SoftmaxLoss(double[] z, int position)
    {
        var right = z[position];
        var logSum = Softmax.Apply(z);
        z[position] -= 1;
        return logSum - right;
    }
}

internal static class Softmax
{
    /// <summary>Turns scores into probabilities in place, and returns log Σ exp(score).</summary>
    public static double Apply(Span<double> scores)
    {
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        foreach (var s in scores) largest = Math.Max(largest, s);
        for (var k = 0; k < scores.Length; k++) sum += scores[k] = Math.Exp(scores[k] - largest);
        for (var k = 0; k < scores.Length; k++) scores[k] /= sum;
        return largest + Math.Log(sum);
    }
}
