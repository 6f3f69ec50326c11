namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>(1 − step / total_iters)^power, then zero.</summary>
                public class PolynomialLR : LRScheduler
                {
                    private readonly int _total_iters;
                    private readonly double _power;

                    public PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1.0, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        _total_iters = total_iters;
                        _power = power;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => Present(
                        _last_epoch == 0 || _last_epoch > _total_iters ? 1
                        : Math.Pow((1 - (double)_last_epoch / _total_iters) / (1 - (_last_epoch - 1.0) / _total_iters), _power));

                    protected override IEnumerable<double> get_closed_form_lr() => Initial(Math.Pow(1 - (double)Math.Min(_total_iters, _last_epoch) / _total_iters, _power));
                }
            }
        }
    }
}
