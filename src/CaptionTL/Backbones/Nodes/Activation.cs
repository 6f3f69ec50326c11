using CaptionTL.Runtime.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Backbones.Nodes;

/// <summary>An elementwise function.</summary>
public enum Function
{
    Relu,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6,

    /// <summary>x · sigmoid(x) (Elfwing et al., 2017).</summary>
    Silu,

    /// <summary>x · min(max(x + 3, 0), 6) / 6 (Howard et al., 2019).</summary>
    HardSwish,

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    HardSigmoid,

    Sigmoid,

    /// <summary>x · Φ(x), exact (Hendrycks and Gimpel, 2016).</summary>
    Gelu,
}

/// <summary>An elementwise function; in place where nothing else uses the input.</summary>
/// <param name="Function">Which.</param>
/// <param name="Name">In the module tree; null where the published network has no module for it.</param>
public sealed record Activation(Function Function, string? Name = null) : Node
{
    internal override Func<Tensor, Tensor> Build(Group parent, bool overwrites)
    {
        var module = new Module(Function, overwrites);
        if (Name is not null) parent.Add(Name, module);
        return module.call;
    }

    internal override OnnxValue Write(NetworkWriter writer, OnnxValue x)
    {
        var graph = writer.Graph;
        switch (Function)
        {
            case Function.Relu6: return graph.Node("Clip", [x, graph.Number(0), graph.Number(6)], x.Shape);
            case Function.HardSigmoid: return graph.Node("HardSigmoid", [x], x.Shape, ("alpha", 1.0 / 6), ("beta", 0.5));
            case Function.Silu: return graph.Node("Mul", [x, graph.Node("Sigmoid", [x], x.Shape)], x.Shape);
            case Function.Gelu:
                var erf = graph.Node("Erf", [graph.Node("Div", [x, graph.Number(Math.Sqrt(2))], x.Shape)], x.Shape);
                return graph.Node("Mul",
                    [graph.Node("Mul", [x, graph.Node("Add", [erf, graph.Number(1)], x.Shape)], x.Shape), graph.Number(0.5)], x.Shape);
            default: return graph.Node(Function.ToString(), [x], x.Shape); // ONNX's operators of that name
        }
    }

    internal override long[] Follow(long[] x, NetworkCosts costs)
    {
        costs.Note(Name, x, 0);
        return x;
    }

    private sealed class Module(Function function, bool inPlace) : nn.Module<Tensor, Tensor>(function switch
    {
        Function.Relu => "ReLU",
        Function.Relu6 => "ReLU6",
        Function.Silu => "SiLU",
        Function.HardSwish => "Hardswish",
        Function.HardSigmoid => "Hardsigmoid",
        Function.Gelu => "GELU",
        _ => function.ToString(),
    })
    {
        // Kept here: TorchSharp does not keep a Scalar made on the way alive while native code reads it.
        private static readonly Scalar Zero = 0, Six = 6;

        public override Tensor forward(Tensor input) => function switch
        {
            Function.Relu => inPlace ? input.relu_().alias() : input.relu(),
            Function.Relu6 => inPlace ? input.hardtanh_(Zero, Six).alias() : input.hardtanh(Zero, Six),
            Function.Silu => inPlace ? input.silu_().alias() : input.silu(),
            Function.HardSwish => inPlace ? input.hardswish_().alias() : input.hardswish(),
            Function.HardSigmoid => inPlace ? input.hardsigmoid_().alias() : input.hardsigmoid(),
            Function.Gelu => input.gelu(),
            _ => inPlace ? input.sigmoid_().alias() : input.sigmoid(),
        };
    }
}
