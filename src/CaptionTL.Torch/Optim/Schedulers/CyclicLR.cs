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
                /// <summary>Between base_lr and max_lr, up in step_size_up steps and down in step_size_down, again and again; momentum goes the other way (Smith 2017).</summary>
                public class CyclicLR : LRScheduler
                {
                    public enum Mode
                    {
                        Triangular = 0,
                        Triangular2 = 1,
                        ExpRange = 2,
                    }

                    public enum ScaleMode
                    {
                        Cycle = 0,
                        Iterations = 1,
                    }

                    private readonly double[] _maxRates;
                    private readonly double[] _baseMomentum = [];
                    private readonly double[] _maxMomentum = [];
                    private readonly double _size;
                    private readonly double _upShare;
                    private readonly Func<double, double> _scale;
                    private readonly ScaleMode _scaleMode;
                    private readonly bool _cycleMomentum;

                    public CyclicLR(Optimizer optimizer, double base_lr, double max_lr, int step_size_up = 2000, int step_size_down = -1, Mode mode = Mode.Triangular, double gamma = 1.0,
                        Func<double, double>? scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle, bool cycle_momentum = true, double base_momentum = 0.8, double max_momentum = 0.9,
                        int last_epoch = -1, bool verbose = false)
                        : this(optimizer, EveryGroup(optimizer, base_lr), EveryGroup(optimizer, max_lr), step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode, cycle_momentum,
                            EveryGroup(optimizer, base_momentum), EveryGroup(optimizer, max_momentum), last_epoch, verbose) { }

                    public CyclicLR(Optimizer optimizer, IEnumerable<double> base_lr, IEnumerable<double> max_lr, int step_size_up = 2000, int step_size_down = -1, Mode mode = Mode.Triangular,
                        double gamma = 1.0, Func<double, double>? scale_fn = null, ScaleMode scale_mode = ScaleMode.Cycle, bool cycle_momentum = true, IEnumerable<double>? base_momentum = null,
                        IEnumerable<double>? max_momentum = null, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        _size = (double)step_size_up + (step_size_down == -1 ? step_size_up : step_size_down);
                        _upShare = step_size_up / _size;
                        _base_lrs = base_lr.ToList();
                        _maxRates = max_lr.ToArray();
                        if (_base_lrs.Count != Groups.Count || _maxRates.Length != Groups.Count) throw new ArgumentException($"Expected {Groups.Count} rates, one a group.", nameof(base_lr));
                        (_scale, _scaleMode) = (scale_fn, mode) switch
                        {
                            ({ } given, _) => (given, scale_mode),
                            (_, Mode.Triangular) => (_ => 1, ScaleMode.Cycle),
                            (_, Mode.Triangular2) => (cycle => 1 / Math.Pow(2, cycle - 1), ScaleMode.Cycle),
                            _ => ((Func<double, double>)(iteration => Math.Pow(gamma, iteration)), ScaleMode.Iterations),
                        };
                        _cycleMomentum = cycle_momentum;
                        if (cycle_momentum)
                        {
                            MomentumOfGroup.Require(Groups);
                            _baseMomentum = (base_momentum ?? EveryGroup(optimizer, 0.8)).ToArray();
                            _maxMomentum = (max_momentum ?? EveryGroup(optimizer, 0.9)).ToArray();
                        }
                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        var cycle = Math.Floor(1 + _last_epoch / _size);
                        var x = 1 + _last_epoch / _size - cycle;
                        var height = x <= _upShare ? x / _upShare : (x - 1) / (_upShare - 1);
                        height *= _scale(_scaleMode == ScaleMode.Cycle ? cycle : _last_epoch);
                        return Groups.Select((group, i) =>
                        {
                            if (_cycleMomentum) MomentumOfGroup.Set(group, _maxMomentum[i] - (_maxMomentum[i] - _baseMomentum[i]) * height);
                            return _base_lrs[i] + (_maxRates[i] - _base_lrs[i]) * height;
                        });
                    }

                    private static IEnumerable<double> EveryGroup(Optimizer optimizer, double value) => optimizer.ParamGroups.Select(_ => value);
                }
            }
        }
    }
}
