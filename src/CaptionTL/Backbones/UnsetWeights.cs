namespace CaptionTL.Backbones;

/// <summary>Builds a network whose weights are to be set. TorchSharp has no way to leave them unset, so they are drawn and then overwritten.</summary>
internal static class UnsetWeights
{
    /// <summary>Every weight of what is built must be set before it is used.</summary>
    public static Backbone Build(Func<Backbone> build) => build();
}
