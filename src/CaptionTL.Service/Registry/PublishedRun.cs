using CaptionTL.Models;

namespace CaptionTL.Service.Registry;

/// <summary>A finished run that becomes a model's version.</summary>
/// <param name="Name">Of the model.</param>
/// <param name="Bundle">Its file in the run folder.</param>
/// <param name="Data">The data set with its version.</param>
/// <param name="Promote">Use it at once; when null only where its name has no version yet.</param>
/// <param name="By">Who asked for the run.</param>
internal sealed record PublishedRun(string Name, string Bundle, string Data, bool? Promote, string? By)
{
    /// <summary>What the bundle says of itself.</summary>
    public BundleManifest ReadManifest()
    {
        using var bundle = ModelBundle.Open(Bundle);
        return bundle.Manifest;
    }
}
