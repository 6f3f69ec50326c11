using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>
                /// Up from max_lr / div_factor to max_lr in the first pct_start of the steps, then down to the start divided by final_div_factor;
                /// momentum goes the other way (Smith and Topin 2018).
                /// </summary>
                public class OneCycleLR : LRScheduler
                {
                    public enum AnnealStrategy
                    {
                        Cos = 0,
                        Linear = 1,
                    }

                    private readonly List<double> _maxRates;
                    private readonly double[] _baseMomentum = [];
                    private readonly double[] _maxMomentum = [];
                    private readonly double _divFactor;
                    private readonly double _finalDivFactor;
                    private readonly double _pctStart;
                    private readonly int _totalSteps;
                    private readonly bool _threePhase;
                    private readonly bool _cycleMomentum;
                    private readonly AnnealStrategy _strategy;

                    public OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                        AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85, double max_momentum = 0.95,
                        double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, EveryGroup(optimizer, max_lr), total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy, cycle_momentum,
                            EveryGroup(optimizer, base_momentum), EveryGroup(optimizer, max_momentum), div_factor, final_div_factor, three_phase, last_epoch, verbose) { }

                    public OneCycleLR(Optimizer optimizer, IEnumerable<double> max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                        AnnealStrategy anneal_strategy = AnnealStrategy.Cos, bool cycle_momentum = true, IEnumerable<double>? base_momentum = null, IEnumerable<double>? max_momentum = null,
                        double div_factor = 25, double final_div_factor = 1e4, bool three_phase = false, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        _totalSteps = total_steps > 0 ? total_steps : epochs * steps_per_epoch;
                        if (total_steps <= 0 && (epochs <= 0 || steps_per_epoch <= 0))
                            throw new ArgumentException("You must define either total_steps OR (epochs AND steps_per_epoch)", nameof(total_steps));
                        if (pct_start is < 0 or > 1) throw new ArgumentException($"Expected pct_start between 0 and 1, but got {pct_start}", nameof(pct_start));
                        _maxRates = max_lr.ToList();
                        if (_maxRates.Count != Groups.Count) throw new ArgumentException($"Expected {Groups.Count} rates, one a group, not {_maxRates.Count}.", nameof(max_lr));
                        (_pctStart, _strategy, _cycleMomentum, _threePhase) = (pct_start, anneal_strategy, cycle_momentum, three_phase);
                        (_divFactor, _finalDivFactor) = (div_factor, final_div_factor);
                        if (cycle_momentum)
                        {
                            MomentumOfGroup.Require(Groups);
                            _baseMomentum = (base_momentum ?? EveryGroup(optimizer, 0.85)).ToArray();
                            _maxMomentum = (max_momentum ?? EveryGroup(optimizer, 0.95)).ToArray();
                        }
                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch > _totalSteps)
                            throw new InvalidOperationException($"Tried to step {_last_epoch} times. The specified number of total steps is {_totalSteps}");
                        // The last step of each phase, as a real number. A share of zero makes the first phase end before step 0.
                        var top = _pctStart * _totalSteps - 1;
                        var symmetric = 2 * _pctStart * _totalSteps - 2;
                        var last = _totalSteps - 1.0;
                        return Groups.Select((group, i) =>
                        {
                            var start = _maxRates[i] / _divFactor;
                            var end = start / _finalDivFactor;
                            var (low, high) = _cycleMomentum ? (_baseMomentum[i], _maxMomentum[i]) : (0, 0);
                            var (rate, momentum) = (double)_last_epoch switch
                            {
                                var s when s <= top => (Anneal(start, _maxRates[i], s / top), Anneal(high, low, s / top)),
                                var s when !_threePhase => (Anneal(_maxRates[i], end, Share(s, top, last)), Anneal(low, high, Share(s, top, last))),
                                var s when s <= symmetric => (Anneal(_maxRates[i], start, Share(s, top, symmetric)), Anneal(low, high, Share(s, top, symmetric))),
                                var s => (Anneal(start, end, Share(s, symmetric, last)), high),
                            };
                            if (_cycleMomentum) MomentumOfGroup.Set(group, momentum);
                            return rate;
                        });
                    }

                    private static double Share(double step, double from, double to) => (step - from) / (to - from);

                    private double Anneal(double start, double end, double share) => _strategy == AnnealStrategy.Cos
                        ? end + (start - end) / 2.0 * (Math.Cos(Math.PI * share) + 1)
                        : (end - start) * share + start;

                    private static IEnumerable<double> EveryGroup(Optimizer optimizer, double value) => optimizer.ParamGroups.Select(_ => value);
                }
            }
        }
    }
}
