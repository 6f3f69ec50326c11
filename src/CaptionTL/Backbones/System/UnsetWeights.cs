using TorchSharp.Modules;

namespace CaptionTL.Backbones;

/// <summary>
/// Builds a network whose linear and convolution layers are not given random values first: drawing 25 million of them takes longer
/// than reading them from a file.
/// </summary>
internal static class UnsetWeights
{
    /// <summary>Every weight of what is built must be set before it is used.</summary>
    public static Backbone Build(Func<Backbone> build)
    {
        var before = DefaultInitialization.Skipped;
        DefaultInitialization.Skipped = true;
        try
        {
            return build();
        }
        finally
        {
            DefaultInitialization.Skipped = before;
        }
    }
}
