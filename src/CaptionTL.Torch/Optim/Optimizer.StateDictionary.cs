using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public abstract partial class Optimizer
        {
            /// <summary>The optimizer's own options (one a group) and states (one a parameter), not copies.</summary>
            public class StateDictionary
            {
                internal StateDictionary() { }

                public List<OptimizerOptions> Options { get; } = [];

                public List<OptimizerState> State { get; } = [];

                /// <summary>For each group, the positions in <see cref="State"/> of its parameters.</summary>
                public List<List<int>> StateIndexRef { get; } = [];
            }
        }
    }
}
