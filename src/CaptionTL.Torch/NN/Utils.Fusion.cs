using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Weight and bias of one convolution that does what a convolution and the batch normalisation after it do in evaluation mode.</summary>
            /// <param name="conv_w">(out, in / groups, kernel…); transposed (in, out / groups, kernel…)</param>
            /// <param name="conv_b">(out), or null</param>
            /// <param name="bn_w">Scale (out), or null for one; likewise the shift bn_b, or null for zero.</param>
            public static (Parameter, Parameter) fuse_conv_bn_weights(Tensor conv_w, Tensor? conv_b, Tensor bn_rm, Tensor bn_rv, double bn_eps, Tensor? bn_w, Tensor? bn_b, bool transpose = false)
            {
                ArgumentNullException.ThrowIfNull(conv_w);
                var shape = Enumerable.Repeat(1L, (int)conv_w.dim()).ToArray();
                shape[transpose ? 1 : 0] = -1;
                return Fuse(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, shape);
            }

            /// <summary>The same for a linear layer (out, in).</summary>
            public static (Parameter, Parameter) fuse_linear_bn_weights(Tensor linear_w, Tensor? linear_b, Tensor bn_rm, Tensor bn_rv, double bn_eps, Tensor? bn_w, Tensor? bn_b) =>
                Fuse(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1]);

            // (w·x + b − mean) / √(var + eps) · scale + shift = (w·s)·x + (b − mean)·s + shift with s = scale / √(var + eps)
            private static (Parameter, Parameter) Fuse(Tensor weight, Tensor? bias, Tensor mean, Tensor variance, double eps, Tensor? scale, Tensor? shift, long[] shape)
            {
                using var gradientsOff = no_grad();
                using var scope = NewDisposeScope();
                var factor = (variance + eps).rsqrt();
                if (scale is not null) factor = factor * scale;
                var moved = (bias is null ? mean.neg() : bias - mean) * factor;
                if (shift is not null) moved = moved + shift;
                var fusedWeight = new Parameter(weight * factor.reshape(shape), weight.requires_grad);
                var fusedBias = new Parameter(moved, bias?.requires_grad ?? weight.requires_grad);
                fusedWeight.MoveToOuterDisposeScope();
                fusedBias.MoveToOuterDisposeScope();
                return (fusedWeight, fusedBias);
            }
        }
    }
}
