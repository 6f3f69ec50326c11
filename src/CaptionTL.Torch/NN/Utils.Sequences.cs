using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            public static partial class rnn
            {
                /// <summary>Sequences (L, …) of different lengths in one tensor (L of the longest, N, …), or (N, L, …) batch first.</summary>
                public static Tensor pad_sequence(IEnumerable<Tensor> sequences, bool batch_first = false, double padding_value = 0.0) =>
                    Aten.pad_sequence.Call(sequences.ToArray(), batch_first, padding_value);
            }
        }
    }
}
