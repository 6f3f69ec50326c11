namespace CaptionTL.Service.Contracts;

/// <summary>A model by name, with its versions.</summary>
/// <param name="Name">"bees".</param>
/// <param name="Task">"caption" or "classify".</param>
/// <param name="InUse">The version that answers; null where none has been promoted yet.</param>
/// <param name="Default">It answers its task where a request names no model.</param>
/// <param name="Versions">The newest first.</param>
public sealed record Model(string Name, string Task, int? InUse, bool Default, IReadOnlyList<ModelVersion> Versions)
{
    /// <summary>The version that was in use before, to which rolling back returns; null where there was none.</summary>
    public int? Before { get; init; }
}

/// <summary>One version of a model; it never changes.</summary>
/// <param name="Version">From 1.</param>
/// <param name="InUse">It answers for the model's name.</param>
/// <param name="Installed">It came with the program or was installed by hand; it cannot be deleted here.</param>
/// <param name="Run">The job that made it.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Data">The data set it learned from.</param>
/// <param name="Backbone">Name of the pretrained weights.</param>
/// <param name="Scores">On the dev split, by name.</param>
/// <param name="MainScore">Name of the one that counts.</param>
/// <param name="Bytes">Size of the bundle.</param>
public sealed record ModelVersion(
    int Version, bool InUse, bool Installed, long? Run, DateTimeOffset Created, string Data, string Backbone,
    IReadOnlyDictionary<string, double>? Scores, string? MainScore, long Bytes)
{
    /// <summary>Where the bundle lies on the service's machine; not part of answers.</summary>
    internal string Path { get; init; } = "";
}

/// <summary>Body of POST /api/v1/models/{name}/promote.</summary>
/// <param name="Version">The version to be used from now on; the newest when null.</param>
public sealed record ModelPromotion(int? Version = null);
