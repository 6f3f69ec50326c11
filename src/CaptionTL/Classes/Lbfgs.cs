namespace CaptionTL.Classes;

/// <summary>
/// Limited-memory BFGS for a smooth convex function (Nocedal and Wright, Numerical Optimization, 2006, algorithm 7.4), with a line
/// search by bisection for the weak Wolfe conditions (Lewis and Overton, Mathematical Programming 141, 2013).
/// </summary>
internal sealed class Lbfgs(Func<double[], double[], double> function, double tolerance, int maxIterations)
{
    private const int History = 10;
    private const int MaxTrials = 40;
    private const double Decrease = 1e-4, Curvature = 0.9;

    private readonly List<(double[] Step, double[] Change, double Product)> _pairs = [];

    /// <summary>Moves <paramref name="point"/> to the minimum.</summary>
    /// <param name="point">The start, then the result.</param>
    /// <param name="token">Stops between two evaluations.</param>
    /// <returns>True where no entry of the gradient is above the tolerance.</returns>
    public bool Minimize(double[] point, CancellationToken token)
    {
        var gradient = new double[point.Length];
        var value = function(point, gradient);
        for (var iteration = 0; iteration < maxIterations; iteration++)
        {
            if (Largest(gradient) <= tolerance) return true;
            var direction = Direction(gradient);
            var slope = VectorMath.Dot(gradient, direction);
            if (!(slope < 0)) // rounding has spoilt the history
            {
                _pairs.Clear();
                direction = Direction(gradient);
                slope = VectorMath.Dot(gradient, direction);
            }
            if (Search(point, value, direction, slope, token) is not { } next)
            {
                if (_pairs.Count == 0) return false;
                _pairs.Clear();
                continue;
            }
            Remember(Difference(next.Point, point), Difference(next.Gradient, gradient));
            next.Point.CopyTo(point, 0);
            (value, gradient) = (next.Value, next.Gradient);
        }
        return Largest(gradient) <= tolerance;
    }

    /// <summary>−H·gradient by the two loops; without history a step of length 1 at most.</summary>
    private double[] Direction(double[] gradient)
    {
        var direction = gradient.Select(g => -g).ToArray();
        if (_pairs.Count == 0) return [.. direction.Select(d => d * Math.Min(1, 1 / Math.Sqrt(VectorMath.Dot(gradient, gradient))))];
        var weights = new double[_pairs.Count];
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            weights[i] = VectorMath.Dot(_pairs[i].Step, direction) / _pairs[i].Product;
            VectorMath.AddScaled(-weights[i], _pairs[i].Change, direction);
        }
        var (_, change, product) = _pairs[^1];
        var scale = product / VectorMath.Dot(change, change);
        for (var i = 0; i < direction.Length; i++) direction[i] *= scale;
        for (var i = 0; i < _pairs.Count; i++)
            VectorMath.AddScaled(weights[i] - VectorMath.Dot(_pairs[i].Change, direction) / _pairs[i].Product, _pairs[i].Step, direction);
        return direction;
    }

    /// <summary>A point that decreases enough and where the slope is flat enough; null where rounding allows none.</summary>
    private (double[] Point, double Value, double[] Gradient)? Search(double[] point, double value, double[] direction, double slope,
        CancellationToken token)
    {
        var (low, high, length) = (0.0, double.PositiveInfinity, 1.0);
        var rounding = 1e-15 * Math.Abs(value);
        for (var trial = 0; trial < MaxTrials; trial++)
        {
            token.ThrowIfCancellationRequested();
            var (next, gradient) = ((double[])point.Clone(), new double[point.Length]);
            VectorMath.AddScaled(length, direction, next);
            var found = function(next, gradient);
            if (!(found <= value + Decrease * length * slope + rounding)) high = length;
            else if (VectorMath.Dot(gradient, direction) < Curvature * slope) low = length;
            else return (next, found, gradient);
            length = double.IsInfinity(high) ? 2 * low : (low + high) / 2;
        }
        return null;
    }

    private void Remember(double[] step, double[] change)
    {
        var product = VectorMath.Dot(step, change);
        if (!(product > 0)) return;
        if (_pairs.Count == History) _pairs.RemoveAt(0);
        _pairs.Add((step, change, product));
    }

    private static double[] Difference(double[] a, double[] b)
    {
        var difference = (double[])a.Clone();
        VectorMath.AddScaled(-1, b, difference);
        return difference;
    }

    private static double Largest(double[] gradient)
    {
        var largest = 0.0;
        foreach (var g in gradient) largest = Math.Max(largest, Math.Abs(g));
        return largest;
    }
}
