using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => (inplace ? Aten.relu_ : Aten.relu).Call(x);

            public static Tensor relu6(Tensor x, bool inplace = false) => (inplace ? Aten.relu6_ : Aten.relu6).Call(x);

            public static Tensor gelu(Tensor x) => Aten.gelu.Call(x);

            public static Tensor gelu(Tensor x, bool inplace) => (inplace ? Aten.gelu_ : Aten.gelu).Call(x);

            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) =>
                (inplace ? Aten.gelu_ : Aten.gelu).Call(x, approximate.ToString());

            public static Tensor silu(Tensor x, bool inplace = false) => (inplace ? Aten.silu_ : Aten.silu).Call(x);

            public static Tensor mish(Tensor x, bool inplace = false) => (inplace ? Aten.mish_ : Aten.mish).Call(x);

            public static Tensor sigmoid(Tensor x) => Aten.sigmoid.Call(x);

            public static Tensor sigmoid(Tensor x, bool inplace) => (inplace ? Aten.sigmoid_ : Aten.sigmoid).Call(x);

            public static Tensor tanh(Tensor x, bool inplace = false) => (inplace ? Aten.tanh_ : Aten.tanh).Call(x);

            public static Tensor hardswish(Tensor input, bool inplace = false) => (inplace ? Aten.hardswish_ : Aten.hardswish).Call(input);

            public static Tensor hardsigmoid(Tensor input, bool inplace = false) => (inplace ? Aten.hardsigmoid_ : Aten.hardsigmoid).Call(input);

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                (inplace ? Aten.leaky_relu_ : Aten.leaky_relu).Call(input, negative_slope);

            public static Tensor elu(Tensor x, double alpha, bool inplace = false) => (inplace ? Aten.elu_ : Aten.elu).Call(x, alpha);

            public static Tensor hardtanh(Tensor x, double min_val = -1.0, double max_val = 1.0, bool inplace = false) =>
                (inplace ? Aten.hardtanh_ : Aten.hardtanh).Call(x, min_val, max_val);

            public static Tensor logsigmoid(Tensor x) => Aten.log_sigmoid.Call(x);

            public static Tensor softplus(Tensor x, double beta = 1.0, double threshold = 20.0) => Aten.softplus.Call(x, beta, threshold);

            /// <summary>Half of the input along dim times the sigmoid of the other half.</summary>
            public static Tensor glu(Tensor input, long dim = -1) => Aten.glu.Call(input, dim);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => Aten.softmax.Call(input, dim, dtype);

            /// <summary>Softmax over the channels of (N, C, H, W) or (C, H, W).</summary>
            public static Tensor softmax2d(Tensor x) => Aten.softmax.Call(x, -3L);

            public static Tensor log_softmax(Tensor x, long dim) => Aten.log_softmax.Call(x, dim);
        }
    }
}
