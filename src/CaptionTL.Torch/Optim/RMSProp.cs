using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>RMSProp (Hinton 2012): divides the gradient by the root of its running mean square, centred on request (Graves 2013).</summary>
public partial class RMSProp : OptimizerHelper, IMomentum
{
    public RMSProp(IEnumerable<Parameter> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, alpha, eps, weight_decay, momentum, centered, maximize) { }

    public RMSProp(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        RequireAtLeast(0, lr, "learning rate");
        RequireAtLeast(0, eps, "ε");
        RequireAtLeast(0, alpha, nameof(alpha));
        RequireAtLeast(0, momentum, "momentum value");
        RequireAtLeast(0, weight_decay, "weight_decay value");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            alpha = alpha,
            eps = eps,
            weight_decay = weight_decay,
            momentum = momentum,
            centered = centered,
            maximize = maximize,
        };
        foreach (var group in parameters) add_param_group(group);
    }

    private Options Defaults => (Options)_defaults;

    /// <summary>The defaults' momentum; each group has its own.</summary>
    public double Momentum
    {
        get => Defaults.momentum!.Value;
        set => Defaults.momentum = value;
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        ArgumentNullException.ThrowIfNull(param_group);
        param_group.Options ??= new Options();
        ((Options)param_group.Options).FillFrom(Defaults);
        Join(param_group, parameter => new State(parameter));
    }

    public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(group =>
    {
        var options = group.Options;
        foreach (var parameter in group.Parameters)
            if (parameter.grad is { } grad) Step(parameter, options.maximize!.Value ? grad.neg() : grad, StateOf<State>(parameter), options);
    }, closure);

    private static void Step(Parameter parameter, Tensor grad, State state, Options options)
    {
        var (alpha, lr) = (options.alpha!.Value, options.LearningRate!.Value);
        state.step++;
        if (options.weight_decay!.Value != 0) grad = grad.add(parameter, alpha: options.weight_decay.Value);
        Update.Multiply(state.square_avg, alpha);
        Update.AddProduct(state.square_avg, grad, grad, 1 - alpha);
        using var root = state.square_avg.clone();
        if (state.grad_avg is { } mean)
        {
            Update.Approach(mean, grad, 1 - alpha);
            Update.AddProduct(root, mean, mean, -1);
        }
        root.sqrt_();
        Update.Add(root, options.eps!.Value);
        if (options.momentum!.Value is > 0 and var momentum && state.momentum_buffer is { } buffer)
        {
            Update.Multiply(buffer, momentum);
            Update.AddQuotient(buffer, grad, root);
            Update.Add(parameter, buffer, -lr);
        }
        else
        {
            Update.AddQuotient(parameter, grad, root, -lr);
        }
    }
}
