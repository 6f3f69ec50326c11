namespace CaptionTL.Heads.Classical;

/// <summary>
/// Mean of the weighted cross-entropies of a linear model plus |w|² / (2·C·rows), and its gradient. Parameters: weights (outputs, columns), then one
/// intercept an output. Two classes have one output, the log odds of the second; more have one each.
/// </summary>
/// <param name="features">Rows to fit.</param>
/// <param name="positions">Class of each row, 0 to classes − 1.</param>
/// <param name="weights">How much a row of each class counts; as many as classes, at least 2.</param>
internal sealed class LogisticLoss(FeatureMatrix features, int[] positions, double[] weights)
{
    // Partial sums are added in this many strips of rows, whatever the number of threads: the result is the same to the bit.
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
