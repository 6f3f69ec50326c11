namespace CaptionTL.Service.Contracts;

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
    IReadOnlyDictionary<string, double>? Scores, string? MainScore, long Bytes);
