using TorchSharp.Interop;

namespace TorchSharp.Modules;

/// <summary>The ATen operators that layers and losses call, under their own names; arguments come in the order of PyTorch's native_functions.yaml.</summary>
internal static class Aten
{
    // Layers
    public static readonly Op linear = new("linear");
    public static readonly Op conv1d = new("conv1d");
    public static readonly Op conv1d_padding = new("conv1d", "padding");
    public static readonly Op conv2d = new("conv2d");
    public static readonly Op conv2d_padding = new("conv2d", "padding");
    public static readonly Op conv_transpose1d = new("conv_transpose1d");
    public static readonly Op conv_transpose2d = new("conv_transpose2d", "input");
    public static readonly Op batch_norm = new("batch_norm");
    public static readonly Op layer_norm = new("layer_norm");
    public static readonly Op group_norm = new("group_norm");
    public static readonly Op instance_norm = new("instance_norm");
    public static readonly Op dropout = new("dropout");
    public static readonly Op dropout_ = new("dropout_");
    public static readonly Op feature_dropout = new("feature_dropout");
    public static readonly Op feature_dropout_ = new("feature_dropout_");
    public static readonly Op embedding = new("embedding");
    public static readonly Op embedding_renorm_ = new("embedding_renorm_");
    public static readonly Op flatten = new("flatten", "using_ints");
    public static readonly Op pad = new("pad");
    public static readonly Op pixel_shuffle = new("pixel_shuffle");
    public static readonly Op pixel_unshuffle = new("pixel_unshuffle");
    public static readonly Op pad_sequence = new("pad_sequence");
    public static readonly Op linalg_qr = new("linalg_qr");

    // Recurrent layers
    public static readonly Op lstm = new("lstm", "input");
    public static readonly Op gru = new("gru", "input");
    public static readonly Op rnn_tanh = new("rnn_tanh", "input");
    public static readonly Op rnn_relu = new("rnn_relu", "input");
    public static readonly Op lstm_cell = new("lstm_cell");
    public static readonly Op gru_cell = new("gru_cell");
    public static readonly Op rnn_tanh_cell = new("rnn_tanh_cell");
    public static readonly Op rnn_relu_cell = new("rnn_relu_cell");

    // Activations
    public static readonly Op relu = new("relu");
    public static readonly Op relu_ = new("relu_");
    public static readonly Op relu6 = new("relu6");
    public static readonly Op relu6_ = new("relu6_");
    public static readonly Op gelu = new("gelu");
    public static readonly Op gelu_ = new("gelu_");
    public static readonly Op silu = new("silu");
    public static readonly Op silu_ = new("silu_");
    public static readonly Op mish = new("mish");
    public static readonly Op mish_ = new("mish_");
    public static readonly Op sigmoid = new("sigmoid");
    public static readonly Op sigmoid_ = new("sigmoid_");
    public static readonly Op tanh = new("tanh");
    public static readonly Op tanh_ = new("tanh_");
    public static readonly Op hardswish = new("hardswish");
    public static readonly Op hardswish_ = new("hardswish_");
    public static readonly Op hardsigmoid = new("hardsigmoid");
    public static readonly Op hardsigmoid_ = new("hardsigmoid_");
    public static readonly Op leaky_relu = new("leaky_relu");
    public static readonly Op leaky_relu_ = new("leaky_relu_");
    public static readonly Op elu = new("elu");
    public static readonly Op elu_ = new("elu_");
    public static readonly Op hardtanh = new("hardtanh");
    public static readonly Op hardtanh_ = new("hardtanh_");
    public static readonly Op log_sigmoid = new("log_sigmoid");
    public static readonly Op softplus = new("softplus");
    public static readonly Op glu = new("glu");
    public static readonly Op softmax = new("softmax", "int");
    public static readonly Op log_softmax = new("log_softmax", "int");

    // Pooling and resizing
    public static readonly Op max_pool1d = new("max_pool1d");
    public static readonly Op max_pool2d = new("max_pool2d");
    public static readonly Op max_pool1d_with_indices = new("max_pool1d_with_indices");
    public static readonly Op max_pool2d_with_indices = new("max_pool2d_with_indices");
    public static readonly Op avg_pool1d = new("avg_pool1d");
    public static readonly Op avg_pool2d = new("avg_pool2d");
    public static readonly Op adaptive_avg_pool1d = new("adaptive_avg_pool1d");
    public static readonly Op adaptive_avg_pool2d = new("adaptive_avg_pool2d");
    public static readonly Op adaptive_max_pool1d = new("adaptive_max_pool1d");
    public static readonly Op adaptive_max_pool2d = new("adaptive_max_pool2d");
    public static readonly Op upsample_nearest1d = new("upsample_nearest1d", "vec");
    public static readonly Op upsample_nearest2d = new("upsample_nearest2d", "vec");
    public static readonly Op _upsample_nearest_exact1d = new("_upsample_nearest_exact1d", "vec");
    public static readonly Op _upsample_nearest_exact2d = new("_upsample_nearest_exact2d", "vec");
    public static readonly Op upsample_linear1d = new("upsample_linear1d", "vec");
    public static readonly Op upsample_bilinear2d = new("upsample_bilinear2d", "vec");
    public static readonly Op upsample_bicubic2d = new("upsample_bicubic2d", "vec");
    public static readonly Op _upsample_bilinear2d_aa = new("_upsample_bilinear2d_aa", "vec");
    public static readonly Op _upsample_bicubic2d_aa = new("_upsample_bicubic2d_aa", "vec");

    // Losses and distances
    public static readonly Op cross_entropy_loss = new("cross_entropy_loss");
    public static readonly Op nll_loss_nd = new("nll_loss_nd");
    public static readonly Op binary_cross_entropy = new("binary_cross_entropy");
    public static readonly Op binary_cross_entropy_with_logits = new("binary_cross_entropy_with_logits");
    public static readonly Op mse_loss = new("mse_loss");
    public static readonly Op l1_loss = new("l1_loss");
    public static readonly Op smooth_l1_loss = new("smooth_l1_loss");
    public static readonly Op huber_loss = new("huber_loss");
    public static readonly Op kl_div = new("kl_div");
    public static readonly Op cosine_embedding_loss = new("cosine_embedding_loss");
    public static readonly Op margin_ranking_loss = new("margin_ranking_loss");
    public static readonly Op cosine_similarity = new("cosine_similarity");
    public static readonly Op norm = new("norm", "ScalarOpt_dim");
    public static readonly Op one_hot = new("one_hot");
}
