namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>
            /// Sets the learning rate of every group before each step (or epoch) of training. Making a scheduler sets the rate of step 0;
            /// each call of <see cref="step()"/> moves on by one.
            /// </summary>
            public abstract class LRScheduler
            {
                internal readonly Optimizer? _optimizer;
                internal IList<double> _base_lrs = [];
                internal IList<double> _last_lrs = [];
                internal int _last_epoch = -1;
                private protected readonly bool _verbose;

                protected LRScheduler() { }

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    _optimizer = optimizer;
                    _last_epoch = last_epoch;
                    _verbose = verbose;
                    _base_lrs = Groups.Select(group => group.InitialLearningRate).ToList();
                    _last_lrs = Groups.Select(group => group.LearningRate).ToList();
                }

                private protected IReadOnlyList<ILearningRateController> Groups => _optimizer is null ? [] : _optimizer.ParamGroups.ToList();

                public virtual void step() => step(null);

                /// <summary>Moves to a given step, or to the next; a given one goes by the closed form, where there is one.</summary>
                public virtual void step(int? epoch)
                {
                    _last_epoch = epoch ?? _last_epoch + 1;
                    var rates = (epoch.HasValue ? get_closed_form_lr() : get_lr()).ToList(); // once: some schedules change their state here
                    foreach (var (group, rate) in Groups.Zip(rates)) group.LearningRate = rate;
                    if (_verbose && !rates.SequenceEqual(_last_lrs))
                        Console.WriteLine(FormattableString.Invariant($"Adjusting learning rate to {rates[0]}"));
                    _last_lrs = rates;
                }

                /// <summary>The metric counts only where the scheduler is one for it (<see cref="ReduceLROnPlateau"/>).</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                protected virtual IEnumerable<double> get_lr() => Groups.Select(group => group.LearningRate);

                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                public IEnumerable<double> get_last_lr() => _last_lrs;

                // The present rates times a factor, and the initial ones times a factor.
                private protected IEnumerable<double> Present(double factor) => Groups.Select(group => group.LearningRate * factor);

                private protected IEnumerable<double> Initial(double factor) => _base_lrs.Select(rate => rate * factor);
            }
        }
    }
}
