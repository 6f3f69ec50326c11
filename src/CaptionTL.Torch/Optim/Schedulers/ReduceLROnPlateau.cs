namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Times factor when a metric has not improved for more than patience steps.</summary>
                public class ReduceLROnPlateau : LRScheduler
                {
                    private readonly bool _smallerIsBetter;
                    private readonly bool _relative;
                    private readonly double _factor;
                    private readonly double _threshold;
                    private readonly double _eps;
                    private readonly int _patience;
                    private readonly int _cooldown;
                    private readonly double[] _leastRates;
                    private double _best;
                    private int _badSteps;
                    private int _cooling;

                    /// <param name="mode">"min" or "max": which way the metric improves.</param>
                    /// <param name="threshold_mode">"rel" or "abs": how the threshold, below which a change is no improvement, is meant.</param>
                    /// <param name="cooldown">Steps after a reduction that do not count.</param>
                    /// <param name="min_lr">The least rate of all groups, or of each.</param>
                    /// <param name="eps">A reduction by less than this is left out.</param>
                    public ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel",
                        int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8, bool verbose = false) : base(optimizer, -1, verbose)
                    {
                        if (factor >= 1.0) throw new ArgumentException("Factor should be < 1.0", nameof(factor));
                        if (mode is not ("min" or "max")) throw new ArgumentException($"mode {mode} is unknown!", nameof(mode));
                        if (threshold_mode is not ("rel" or "abs")) throw new ArgumentException($"threshold mode {threshold_mode} is unknown!", nameof(threshold_mode));
                        if (min_lr is { Count: > 1 } && min_lr.Count != Groups.Count) throw new ArgumentException($"Expected 1 or {Groups.Count} rates, not {min_lr.Count}.", nameof(min_lr));
                        (_smallerIsBetter, _relative, _factor, _patience, _threshold, _cooldown, _eps) = (mode == "min", threshold_mode == "rel", factor, patience, threshold, cooldown, eps);
                        _leastRates = Groups.Select((_, i) => min_lr is null or { Count: 0 } ? 0 : min_lr[min_lr.Count == 1 ? 0 : i]).ToArray();
                        _best = _smallerIsBetter ? double.PositiveInfinity : double.NegativeInfinity;
                    }

                    public override void step(double current, int? epoch = null)
                    {
                        _last_epoch = epoch ?? _last_epoch + 1;
                        if (IsBetter(current)) (_best, _badSteps) = (current, 0);
                        else _badSteps++;
                        if (_cooling > 0) (_cooling, _badSteps) = (_cooling - 1, 0);
                        if (_badSteps > _patience)
                        {
                            Reduce();
                            (_cooling, _badSteps) = (_cooldown, 0);
                        }
                        _last_lrs = Groups.Select(group => group.LearningRate).ToList();
                    }

                    /// <exception cref="InvalidOperationException">Always: this scheduler needs the metric.</exception>
                    public override void step() => throw new InvalidOperationException("ReduceLROnPlateau needs the metric: call step(double, int?).");

                    /// <exception cref="InvalidOperationException">Always: this scheduler needs the metric.</exception>
                    public override void step(int? epoch) => throw new InvalidOperationException("ReduceLROnPlateau needs the metric: call step(double, int?).");

                    private bool IsBetter(double current) => (_smallerIsBetter, _relative) switch
                    {
                        (true, true) => current < _best * (1 - _threshold),
                        (true, false) => current < _best - _threshold,
                        (false, true) => current > _best * (1 + _threshold),
                        (false, false) => current > _best + _threshold,
                    };

                    private void Reduce()
                    {
                        foreach (var (group, least) in Groups.Zip(_leastRates))
                        {
                            var reduced = Math.Max(group.LearningRate * _factor, least);
                            if (group.LearningRate - reduced <= _eps) continue;
                            group.LearningRate = reduced;
                            if (_verbose) Console.WriteLine(FormattableString.Invariant($"Epoch {_last_epoch}: reducing learning rate to {reduced:g4}."));
                        }
                    }
                }
            }
        }
    }
}
