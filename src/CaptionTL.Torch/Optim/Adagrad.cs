using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Adagrad (Duchi et al. 2011): divides the gradient by the root of the sum of all its squares so far.</summary>
public partial class Adagrad : OptimizerHelper
{
    public Adagrad(IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10)
        : this([new ParamGroup { Parameters = parameters }], lr, lr_decay, weight_decay, initial_accumulator_value, eps) { }

    public Adagrad(IEnumerable<ParamGroup> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        RequireAtLeast(0, lr, "learning rate");
        RequireAtLeast(0, lr_decay, "lr_decay value");
        RequireAtLeast(0, weight_decay, "weight_decay value");
        RequireAtLeast(0, initial_accumulator_value, "initial_accumulator_value");
        RequireAtLeast(0, eps, "ε");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            lr_decay = lr_decay,
            weight_decay = weight_decay,
            initial_accumulator_value = initial_accumulator_value,
            eps = eps,
        };
        foreach (var group in parameters) add_param_group(group);
    }

    private Options Defaults => (Options)_defaults;

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
            if (parameter.grad is { } grad) Step(parameter, grad, StateOf<State>(parameter), options);
    }, closure);

    private static void Step(Parameter parameter, Tensor grad, State state, Options options)
    {
        state.step++;
        if (options.weight_decay!.Value != 0) grad = grad.add(parameter, alpha: options.weight_decay.Value);
        var lr = options.LearningRate!.Value / (1 + (state.step - 1) * options.lr_decay!.Value);
        Update.AddProduct(state.sum, grad, grad, 1);
        using var root = state.sum.sqrt();
        Update.Add(root, options.eps!.Value);
        Update.AddQuotient(parameter, grad, root, -lr);
    }
}
