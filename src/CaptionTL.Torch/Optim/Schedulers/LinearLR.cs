namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>A factor that goes from start_factor to end_factor in total_iters even steps.</summary>
                public class LinearLR : LRScheduler
                {
                    private readonly double _start_factor;
                    private readonly double _end_factor;
                    private readonly int _total_iters;

                    public LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1.0, int total_iters = 5, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        _start_factor = start_factor;
                        _end_factor = end_factor;
                        _total_iters = total_iters;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => Present(
                        _last_epoch == 0 ? _start_factor
                        : _last_epoch > _total_iters ? 1
                        : 1 + (_end_factor - _start_factor) / (_total_iters * _start_factor + (_last_epoch - 1) * (_end_factor - _start_factor)));

                    protected override IEnumerable<double> get_closed_form_lr() => Initial(_start_factor + (_end_factor - _start_factor) * Math.Min(_total_iters, _last_epoch) / _total_iters);
                }
            }
        }
    }
}
