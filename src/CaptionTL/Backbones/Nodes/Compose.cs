namespace CaptionTL.Backbones.Nodes;

/// <summary>What many networks are made of.</summary>
internal static class Compose
{
    /// <summary>
    /// A number of channels as the MobileNet papers' reference implementation chooses it: the nearest multiple of eight, at least eight
    /// and never more than a tenth below.
    /// </summary>
    public static int RoundChannels(double channels)
    {
        var rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    /// <summary>A convolution without bias and its normalisation under names of their own, and an activation.</summary>
    public static Seq ConvNorm(string conv, string norm, int input, int output, Extent kernel, int stride = 1,
        Extent? padding = null, int groups = 1, double epsilon = 1e-5, Activation? then = null, bool same = false)
    {
        var filter = new Conv(conv, input, output, kernel, stride, groups)
            { Padding = padding ?? (kernel.Height / 2, kernel.Width / 2), Same = same };
        return then is null ? new(filter, new BatchNorm(norm, output, epsilon)) : new(filter, new BatchNorm(norm, output, epsilon), then);
    }

    /// <summary>torchvision's Conv2dNormActivation: layers 0, 1 and, if there is an activation, 2.</summary>
    public static Scope Conv2dNormActivation(
        string name, int input, int output, int kernel, int stride = 1, int groups = 1, double epsilon = 1e-5, Function? then = null) =>
        new(name, "Conv2dNormActivation",
            ConvNorm("0", "1", input, output, kernel, stride, null, groups, epsilon, then is { } f ? new Activation(f, "2") : null));

    /// <summary>
    /// torchvision's squeeze and excitation: every channel is scaled by a gate computed from all channels' means (Hu et al., 2017).
    /// </summary>
    public static Scope SqueezeExcitation(string name, int channels, int squeezed, Function activation, Function gate) =>
        new(name, "SqueezeExcitation", new Gate(new Seq(
        new AdaptiveAvgPool(1), new Conv("fc1", channels, squeezed, 1, Bias: true), new Activation(activation),
        new Conv("fc2", squeezed, channels, 1, Bias: true), new Activation(gate))));

    /// <summary>
    /// The inverted bottleneck of MobileNetV3 and EfficientNet as torchvision names it: expand (1×1), depthwise convolution (k×k),
    /// squeeze and excitation where there is one, project (1×1, no activation); the input is added where the shape allows.
    /// </summary>
    public static Scope InvertedBottleneck(string name, int input, int expanded, int output,
        int kernel, int stride, double epsilon, Function activation, Func<string, Scope>? excitation)
    {
        var steps = new List<Node>();
        if (expanded != input) steps.Add(Conv2dNormActivation("0", input, expanded, 1, epsilon: epsilon, then: activation));
        steps.Add(Conv2dNormActivation($"{steps.Count}", expanded, expanded, kernel, stride, expanded, epsilon, activation));
        if (excitation is not null) steps.Add(excitation($"{steps.Count}"));
        steps.Add(Conv2dNormActivation($"{steps.Count}", expanded, output, 1, epsilon: epsilon));
        Node body = new Scope("block", "Sequential", new Seq(steps));
        return new(name, "InvertedResidual", stride == 1 && input == output ? new Residual(body) : body);
    }

    /// <summary>The mean over all cells through a linear layer.</summary>
    public static Seq MeanAndLinear(string linear, int channels, int classes, string? pool = null) =>
        new(new AdaptiveAvgPool(1, pool), new Flatten(), new Linear(linear, channels, classes));
}
