using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Adam (Kingma and Ba 2015): steps by running means of the gradient and of its square; weight decay is added to the gradient. With amsgrad the largest mean square so far counts (Reddi et al. 2018).</summary>
public partial class Adam : OptimizerHelper, IBetas
{
    public Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

    public Adam(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        RequireAtLeast(0, lr, "learning rate");
        RequireAtLeast(0, eps, "ε");
        RequireBeta(beta1, nameof(beta1));
        RequireBeta(beta2, nameof(beta2));
        RequireAtLeast(0, weight_decay, "weight_decay value");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            beta1 = beta1,
            beta2 = beta2,
            eps = eps,
            weight_decay = weight_decay,
            amsgrad = amsgrad,
            maximize = maximize,
        };
        foreach (var group in parameters) add_param_group(group);
    }

    private Options Defaults => (Options)_defaults;

    /// <summary>The defaults' decay rates; each group has its own.</summary>
    public (double, double) Betas
    {
        get => (Defaults.beta1!.Value, Defaults.beta2!.Value);
        set => (Defaults.beta1, Defaults.beta2) = value;
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
        var (beta1, beta2, lr) = (options.beta1!.Value, options.beta2!.Value, options.LearningRate!.Value);
        state.step++;
        if (options.weight_decay!.Value != 0) grad = grad.add(parameter, alpha: options.weight_decay.Value);
        Update.Approach(state.exp_avg, grad, 1 - beta1);
        Update.Multiply(state.exp_avg_sq, beta2);
        Update.AddProduct(state.exp_avg_sq, grad, grad, 1 - beta2);
        var second = state.exp_avg_sq;
        if (state.max_exp_avg_sq is { } largest)
        {
            using var larger = maximum(largest, second);
            largest.copy_(larger);
            second = largest;
        }
        // Both moments start at zero; dividing by 1 − betaᵗ takes that bias away.
        using var denominator = second.sqrt();
        Update.Divide(denominator, Math.Sqrt(1 - Math.Pow(beta2, state.step)));
        Update.Add(denominator, options.eps!.Value);
        Update.AddQuotient(parameter, state.exp_avg, denominator, -lr / (1 - Math.Pow(beta1, state.step)));
    }
}
