namespace CaptionTL.Service.Contracts;

/// <summary>A model by name, with its versions.</summary>
/// <param name="Name">"bees".</param>
/// <param name="Task">"caption" or "classify".</param>
/// <param name="InUse">The version that answers; null where none was promoted yet.</param>
/// <param name="Default">It answers its task where no model is named.</param>
/// <param name="Versions">The newest first.</param>
public sealed record Model(string Name, string Task, int? InUse, bool Default, IReadOnlyList<ModelVersion> Versions)
{
    /// <summary>The version that was in use before, which rolling back brings; null where none was.</summary>
    public int? Before { get; init; }
}
