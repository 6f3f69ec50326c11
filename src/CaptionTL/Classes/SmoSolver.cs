using System.Numerics;
using System.Runtime.InteropServices;

namespace CaptionTL.Classes;

/// <summary>
/// C-SVC of two classes by sequential minimal optimisation with second-order working set selection (Fan, Chen, Lin: Working set
/// selection using second order information for training support vector machines, JMLR 6, 2005), the choices and the stopping rule of
/// LIBSVM (Chang and Lin, 2011), without shrinking. For ascending values of C, each solution starts from the one before.
/// </summary>
internal sealed class SmoSolver
{
    private const double LeastCurvature = 1e-12;
    private const long MinIterations = 2_000_000;

    private readonly double _tolerance, _positive, _negative;
    private readonly KernelRowCache _kernel;
    private readonly double[] _diagonal;
    private readonly sbyte[] _signs;
    private readonly double[] _alpha;
    private readonly double[] _slope; // y·gradient of the dual: Σ y α K − y
    private readonly bool[] _canRise, _canFall; // y·α may still grow, shrink
    private double _c;

    /// <param name="kernel">Kernel between the rows of the problem.</param>
    /// <param name="signs">+1 or −1 for each.</param>
    /// <param name="tolerance">How much the slopes of two rows may differ at the end; LIBSVM's default is 1e-3.</param>
    /// <param name="positive">Factor of C for the rows of sign +1.</param>
    /// <param name="negative">Factor of C for the rows of sign −1.</param>
    public SmoSolver(KernelRowCache kernel, sbyte[] signs, double tolerance, double positive = 1, double negative = 1)
    {
        (_kernel, _diagonal, _signs, _tolerance, _positive, _negative) = (kernel, kernel.Diagonal(), signs, tolerance, positive, negative);
        (_alpha, _slope, _canRise, _canFall) = (new double[signs.Length], new double[signs.Length], new bool[signs.Length],
            new bool[signs.Length]);
        for (var k = 0; k < signs.Length; k++) _slope[k] = -signs[k];
    }

    /// <summary>y·α of every row; overwritten by the next solution.</summary>
    public double[] Coefficients { get; private set; } = [];

    /// <summary>The decision is Σ coefficient·kernel − Rho; above 0 for the rows of sign +1.</summary>
    public double Rho { get; private set; }

    /// <summary>Finds the optimum.</summary>
    /// <param name="c">Not below that of the call before.</param>
    /// <param name="token">Checked every thousand steps.</param>
    /// <returns>False where the limit of steps was reached first.</returns>
    public bool Solve(double c, CancellationToken token)
    {
        _c = c;
        for (var k = 0; k < _alpha.Length; k++) Bound(k);
        var converged = false;
        var limit = Math.Max(MinIterations, 100L * _alpha.Length);
        for (var step = 0L; step < limit && !(converged = Select() is not { } pair || !Move(pair.I, pair.J)); step++)
            if (step % 1024 == 0) token.ThrowIfCancellationRequested();
        Coefficients = [.. _alpha.Select((a, k) => _signs[k] * a)];
        Rho = Threshold();
        return converged;
    }

    /// <summary>The row that violates the optimality most, and the one that gains most together with it; null at the optimum.</summary>
    private (int I, int J)? Select()
    {
        var (i, most) = (-1, double.NegativeInfinity);
        for (var k = 0; k < _slope.Length; k++)
            if (_canRise[k] && -_slope[k] >= most) (i, most) = (k, -_slope[k]);
        if (i < 0) return null;
        var (row, own) = (_kernel[i], _diagonal[i]);
        var (j, least, best) = (-1, double.NegativeInfinity, double.PositiveInfinity);
        for (var k = 0; k < _slope.Length; k++)
        {
            if (!_canFall[k]) continue;
            var slope = _slope[k];
            if (slope >= least) least = slope;
            var gap = most + slope;
            if (gap <= 0) continue;
            var curvature = own + _diagonal[k] - 2 * row[k];
            var gain = -(gap * gap) / (curvature > 0 ? curvature : LeastCurvature);
            if (gain <= best) (j, best) = (k, gain);
        }
        return j < 0 || most + least < _tolerance ? null : (i, j);
    }

    /// <summary>
    /// Raises y·α of i and lowers that of j by the same amount, as far as the bounds allow; false where rounding allows nothing.
    /// </summary>
    private bool Move(int i, int j)
    {
        var (rowI, rowJ) = (_kernel[i], _kernel[j]);
        var curvature = _diagonal[i] + _diagonal[j] - 2 * rowI[j];
        var (roomI, roomJ) = (_signs[i] > 0 ? Limit(i) - _alpha[i] : _alpha[i], _signs[j] > 0 ? _alpha[j] : Limit(j) - _alpha[j]);
        var length = Math.Min((_slope[j] - _slope[i]) / (curvature > 0 ? curvature : LeastCurvature), Math.Min(roomI, roomJ));
        if (!(length > 0)) return false;
        _alpha[i] = length == roomI ? (_signs[i] > 0 ? Limit(i) : 0) : _alpha[i] + _signs[i] * length;
        _alpha[j] = length == roomJ ? (_signs[j] > 0 ? 0 : Limit(j)) : _alpha[j] - _signs[j] * length;
        Bound(i);
        Bound(j);
        AddDifference(length, rowI, rowJ);
        return true;
    }

    /// <summary>slope += length · (a − b).</summary>
    private void AddDifference(double length, float[] a, float[] b)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(a.AsSpan());
        var y = MemoryMarshal.Cast<float, Vector<float>>(b.AsSpan());
        var to = MemoryMarshal.Cast<double, Vector<double>>(_slope.AsSpan());
        var factor = new Vector<double>(length);
        for (var k = 0; k < x.Length; k++)
        {
            Vector.Widen(x[k], out var x0, out var x1);
            Vector.Widen(y[k], out var y0, out var y1);
            to[2 * k] += factor * (x0 - y0);
            to[2 * k + 1] += factor * (x1 - y1);
        }
        for (var k = x.Length * Vector<float>.Count; k < a.Length; k++) _slope[k] += length * ((double)a[k] - b[k]);
    }

    /// <summary>Upper bound of a row's α.</summary>
    private double Limit(int k) => _c * (_signs[k] > 0 ? _positive : _negative);

    private void Bound(int k)
    {
        var (aboveZero, belowC) = (_alpha[k] > 0, _alpha[k] < Limit(k));
        (_canRise[k], _canFall[k]) = _signs[k] > 0 ? (belowC, aboveZero) : (aboveZero, belowC);
    }

    /// <summary>Mean slope of the rows within the bounds; without such rows the middle of what the others allow.</summary>
    private double Threshold()
    {
        var (sum, free, low, high) = (0.0, 0, double.NegativeInfinity, double.PositiveInfinity);
        for (var k = 0; k < _slope.Length; k++)
            if (_canRise[k] && _canFall[k]) (sum, free) = (sum + _slope[k], free + 1);
            else if (_canRise[k]) high = Math.Min(high, _slope[k]);
            else low = Math.Max(low, _slope[k]);
        return free > 0 ? sum / free : (low + high) / 2;
    }
}
