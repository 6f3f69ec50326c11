using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A loss module: what it returns is the mean, the sum, or every element.</summary>
public abstract class Loss<T1, T2, TResult> : nn.Module<T1, T2, TResult>
{
    public Loss(nn.Reduction reduction = nn.Reduction.Mean) : base("") => this.reduction = reduction;

    public nn.Reduction reduction { get; }
}

/// <summary>A loss module: what it returns is the mean, the sum, or every element.</summary>
public abstract class Loss<T1, T2, T3, TResult> : nn.Module<T1, T2, T3, TResult>
{
    public Loss(nn.Reduction reduction = nn.Reduction.Mean) : base("") => this.reduction = reduction;

    public nn.Reduction reduction { get; }
}
