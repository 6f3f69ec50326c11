using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent with momentum as in PyTorch: v = momentum·v + (1 − dampening)·g, then p −= lr·v, or lr·(g + momentum·v) with Nesterov's (Sutskever et al. 2013).</summary>
public partial class SGD : OptimizerHelper, IMomentum
{
    public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize) { }

    public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0.0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        RequireAtLeast(0, lr, "learning rate");
        RequireAtLeast(0, momentum, "momentum value");
        RequireAtLeast(0, weight_decay, "weight_decay value");
        if (nesterov && (momentum <= 0 || dampening != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            momentum = momentum,
            dampening = dampening,
            weight_decay = weight_decay,
            nesterov = nesterov,
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
        if (options.weight_decay!.Value != 0) grad = grad.add(parameter, alpha: options.weight_decay.Value);
        if (options.momentum!.Value is > 0 and var momentum)
        {
            if (state.momentum_buffer is null)
            {
                state.momentum_buffer = grad.clone().DetachFromDisposeScope();
            }
            else
            {
                Update.Multiply(state.momentum_buffer, momentum);
                Update.Add(state.momentum_buffer, grad, 1 - options.dampening!.Value);
            }
            grad = options.nesterov!.Value ? grad.add(state.momentum_buffer, alpha: momentum) : state.momentum_buffer;
        }
        Update.Add(parameter, grad, -options.LearningRate!.Value);
    }
}
