namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            public static partial class impl
            {
                /// <summary>Several schedulers, all of which change the rate at every step.</summary>
                public class ChainedLR : LRScheduler
                {
                    private readonly List<LRScheduler> _schedulers;

                    public ChainedLR(IEnumerable<LRScheduler> schedulers) => _schedulers = schedulers.ToList();

                    public override void step()
                    {
                        foreach (var scheduler in _schedulers) scheduler.step();
                        _last_epoch++;
                        if (_schedulers.Count > 0) _last_lrs = _schedulers[^1]._last_lrs;
                    }
                }
            }
        }
    }
}
