using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>
            /// Scales all gradients by one factor so that their joint norm is at most max_norm. Parameters without a gradient do not count.
            /// </summary>
            /// <param name="norm_type">The order of the norm; positive infinity takes the largest absolute value.</param>
            /// <returns>The norm before clipping.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var gradientsOff = no_grad();
                using var scope = NewDisposeScope();
                var grads = Gradients(tensors);
                if (grads.Length == 0) return 0;
                var norms = stack(Foreach.Norms(grads, norm_type).Select(n => n.to(ScalarType.Float64)).ToArray());
                var total = double.IsPositiveInfinity(norm_type)
                    ? norms.max().item<double>()
                    : norms.norm((float)norm_type).item<double>();
                var factor = max_norm / (total + 1e-6);
                if (factor < 1) Foreach.Multiply(grads, factor);
                return total;
            }

            /// <summary>Limits every element of the gradients to ±clip_value.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var gradientsOff = no_grad();
                using var scope = NewDisposeScope();
                foreach (var grad in Gradients(tensors)) grad.clamp_(-clip_value, clip_value);
            }

            /// <summary>All parameters one after the other in one dimension.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                return cat(tensors.Select(p => p.reshape(-1)).ToArray()).MoveToOuterDisposeScope();
            }

            /// <summary>Copies a vector back into the parameters, in their order.</summary>
            /// <exception cref="ArgumentException">The vector has not as many elements as the parameters together.</exception>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                ArgumentNullException.ThrowIfNull(vec);
                var parameters = tensors.ToArray();
                var total = parameters.Sum(p => p.numel());
                if (vec.numel() != total) throw new ArgumentException($"The vector has {vec.numel()} elements, the parameters {total}.", nameof(vec));
                using var gradientsOff = no_grad();
                var start = 0L;
                foreach (var parameter in parameters)
                {
                    using var part = vec.narrow(0, start, parameter.numel());
                    using var shaped = part.reshape(parameter.shape);
                    parameter.copy_(shaped);
                    start += parameter.numel();
                }
            }

            private static Tensor[] Gradients(IEnumerable<Parameter> parameters) => parameters.Select(p => p.grad).OfType<Tensor>().ToArray();
        }
    }
}
