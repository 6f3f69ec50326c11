using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Changes parameters by their gradients, group by group; each group has options of its own.</summary>
        public abstract partial class Optimizer : IDisposable
        {
            protected IList<ParamGroup> _parameter_groups = new List<ParamGroup>();

            private protected Optimizer() { }

            public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

            public virtual IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

            public virtual void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

            /// <summary>One step. A closure, where given, computes the loss anew with gradients on, and the step follows it.</summary>
            /// <returns>The closure's loss, or null.</returns>
            public virtual Tensor? step(Func<Tensor>? closure = null)
            {
                using var gradientsOn = enable_grad();
                return closure?.Invoke();
            }

            /// <summary>Sets the gradients to zero; they stay allocated. <see cref="nn.Module.zero_grad"/> drops them instead.</summary>
            public virtual void zero_grad()
            {
                using var gradientsOff = no_grad();
                foreach (var parameter in parameters())
                {
                    using var grad = parameter.grad;
                    grad?.zero_();
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees the state. The parameters belong to their modules.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (disposing) FreeStates();
            }

            private protected virtual void FreeStates() { }
        }
    }
}
