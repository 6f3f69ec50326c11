using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Activation functions.
    public partial class Tensor
    {
        private static readonly Op
            op_celu = new("celu"), op_celu_ = new("celu_"), op_elu = new("elu"), op_elu_ = new("elu_"), op_gelu = new("gelu"), op_gelu_ = new("gelu_"),
            op_glu = new("glu"), op_hardsigmoid = new("hardsigmoid"), op_hardsigmoid_ = new("hardsigmoid_"), op_hardswish = new("hardswish"),
            op_hardswish_ = new("hardswish_"), op_hardtanh = new("hardtanh"), op_hardtanh_ = new("hardtanh_"), op_leaky_relu = new("leaky_relu"),
            op_leaky_relu_ = new("leaky_relu_"), op_log_sigmoid = new("log_sigmoid"), op_log_softmax_int = new("log_softmax", "int"), op_logit = new("logit"),
            op_logit_ = new("logit_"), op_prelu = new("prelu"), op_relu = new("relu"), op_relu6 = new("relu6"), op_relu6_ = new("relu6_"), op_relu_ = new("relu_"),
            op_selu = new("selu"), op_selu_ = new("selu_"), op_sigmoid = new("sigmoid"), op_sigmoid_ = new("sigmoid_"), op_silu = new("silu"),
            op_silu_ = new("silu_"), op_softmax_int = new("softmax", "int"), op_softplus = new("softplus"), op_tanh = new("tanh"), op_tanh_ = new("tanh_"),
            op_threshold = new("threshold"), op_threshold_ = new("threshold_");

        public Tensor relu() => op_relu.Call(this);
        public Tensor relu_() => op_relu_.InPlace(this);
        public Tensor relu6() => op_relu6.Call(this);
        public Tensor relu6_() => op_relu6_.InPlace(this);
        public Tensor sigmoid() => op_sigmoid.Call(this);
        public Tensor sigmoid_() => op_sigmoid_.InPlace(this);
        public Tensor tanh() => op_tanh.Call(this);
        public Tensor tanh_() => op_tanh_.InPlace(this);
        public Tensor gelu() => op_gelu.Call(this);
        public Tensor gelu_() => op_gelu_.InPlace(this);
        public Tensor silu() => op_silu.Call(this);
        public Tensor silu_() => op_silu_.InPlace(this);
        public Tensor elu(Scalar alpha, Scalar scale, Scalar input_scale) => op_elu.Call(this, alpha, scale, input_scale);
        public Tensor elu(double alpha = 1) => op_elu.Call(this, alpha);
        public Tensor elu_(Scalar alpha, Scalar scale, Scalar input_scale) => op_elu_.InPlace(this, alpha, scale, input_scale);
        public Tensor elu_(double alpha = 1) => op_elu_.InPlace(this, alpha);
        public Tensor celu() => op_celu.Call(this);
        public Tensor celu(Scalar alpha) => op_celu.Call(this, alpha);
        public Tensor celu_() => op_celu_.InPlace(this);
        public Tensor celu_(Scalar alpha) => op_celu_.InPlace(this, alpha);
        public Tensor selu() => op_selu.Call(this);
        public Tensor selu_() => op_selu_.InPlace(this);
        public Tensor leaky_relu(Scalar negative_slope) => op_leaky_relu.Call(this, negative_slope);
        public Tensor leaky_relu_(Scalar negative_slope) => op_leaky_relu_.InPlace(this, negative_slope);
        public Tensor hardtanh(Scalar min, Scalar max) => op_hardtanh.Call(this, min, max);
        public Tensor hardtanh_(Scalar min, Scalar max) => op_hardtanh_.InPlace(this, min, max);
        public Tensor hardsigmoid() => op_hardsigmoid.Call(this);
        public Tensor hardsigmoid_() => op_hardsigmoid_.InPlace(this);
        public Tensor hardswish() => op_hardswish.Call(this);
        public Tensor hardswish_() => op_hardswish_.InPlace(this);
        public Tensor softplus(double beta = 1, double threshold = 20) => op_softplus.Call(this, beta, threshold);
        public Tensor softmax(long dim, ScalarType? dtype = null) => op_softmax_int.Call(this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => op_log_softmax_int.Call(this, dim, dtype);
        public Tensor log_sigmoid() => op_log_sigmoid.Call(this);
        public Tensor glu(long dim = -1) => op_glu.Call(this, dim);
        public Tensor prelu(Tensor target) => op_prelu.Call(this, target);
        public Tensor threshold(Scalar threshold, Scalar value) => op_threshold.Call(this, threshold, value);
        public Tensor threshold_(Scalar threshold, Scalar value) => op_threshold_.InPlace(this, threshold, value);
        public Tensor logit(double? eps = null) => op_logit.Call(this, eps);
        public Tensor logit_(double? eps = null) => op_logit_.InPlace(this, eps);
    }
}
