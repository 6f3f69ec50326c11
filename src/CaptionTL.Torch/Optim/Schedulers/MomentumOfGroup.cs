namespace TorchSharp.Modules;

/// <summary>The momentum that schedulers cycle: the group's momentum, or in Adam the first of its betas.</summary>
internal static class MomentumOfGroup
{
    public static void Require(IEnumerable<torch.optim.ILearningRateController> groups)
    {
        if (groups.Any(group => group is not (torch.optim.IMomentum or torch.optim.IBetas)))
            throw new ArgumentException("optimizer must support momentum or beta1 with `cycle_momentum` option enabled");
    }

    public static void Set(torch.optim.ILearningRateController group, double momentum)
    {
        if (group is torch.optim.IBetas adam) adam.Betas = (momentum, adam.Betas.Item2);
        else if (group is torch.optim.IMomentum other) other.Momentum = momentum;
    }
}
