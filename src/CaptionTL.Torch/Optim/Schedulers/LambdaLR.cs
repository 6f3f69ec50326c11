namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>The initial rate times a function of the step.</summary>
                public class LambdaLR : LRScheduler
                {
                    private readonly List<Func<int, double>> _lambdas;

                    public LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, Enumerable.Repeat(lr_lambda, optimizer.ParamGroups.Count()), last_epoch, verbose) { }

                    /// <param name="lr_lambdas">One function a group.</param>
                    public LambdaLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        _lambdas = lr_lambdas.ToList();
                        if (_lambdas.Count != Groups.Count) throw new ArgumentException($"Expected {Groups.Count} functions, one a group, not {_lambdas.Count}.", nameof(lr_lambdas));
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => Groups.Select((_, i) => _base_lrs[i] * _lambdas[i](_last_epoch));
                }
            }
        }
    }
}
