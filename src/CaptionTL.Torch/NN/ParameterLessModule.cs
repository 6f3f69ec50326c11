using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A module of one input without parameters and buffers.</summary>
public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name) { }

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.Refusal("parameter");

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.Refusal("buffer");

    public override void register_module(string name, nn.Module submodule)
    {
        if (submodule is not IParameterLessModule) throw ParameterLess.Refusal("module with parameters");
        base.register_module(name, submodule);
    }
}

/// <summary>A module of two inputs without parameters and buffers.</summary>
public abstract class ParameterLessModule<T1, T2, TResult> : nn.Module<T1, T2, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name) { }

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.Refusal("parameter");

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.Refusal("buffer");

    public override void register_module(string name, nn.Module submodule)
    {
        if (submodule is not IParameterLessModule) throw ParameterLess.Refusal("module with parameters");
        base.register_module(name, submodule);
    }
}

internal static class ParameterLess
{
    public static InvalidOperationException Refusal(string what) =>
        new($"A {what} cannot be registered on a module that is declared parameter-less.");
}
