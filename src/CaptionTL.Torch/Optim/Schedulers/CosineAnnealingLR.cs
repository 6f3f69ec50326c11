namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Half a cosine from the initial rate to eta_min in T_max steps (Loshchilov and Hutter 2017), and back up if it goes on.</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double _T_max;
                    private readonly double _eta_min;

                    public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0.0, int last_epoch = -1, bool verbose = false) : base(optimizer, last_epoch, verbose)
                    {
                        _T_max = T_max;
                        _eta_min = eta_min;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => _last_epoch == 0
                        ? Present(1)
                        : Groups.Zip(_base_lrs, (group, initial) => (_last_epoch - 1 - _T_max) % (2 * _T_max) == 0
                            ? group.LearningRate + (initial - _eta_min) * (1 - Math.Cos(Math.PI / _T_max)) / 2
                            : (1 + Math.Cos(Math.PI * _last_epoch / _T_max)) / (1 + Math.Cos(Math.PI * (_last_epoch - 1) / _T_max)) * (group.LearningRate - _eta_min) + _eta_min);

                    protected override IEnumerable<double> get_closed_form_lr() => _base_lrs.Select(initial => _eta_min + (initial - _eta_min) * (1 + Math.Cos(Math.PI * _last_epoch / _T_max)) / 2);
                }
            }
        }
    }
}
