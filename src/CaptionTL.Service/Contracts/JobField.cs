namespace CaptionTL.Service.Contracts;

/// <summary>A number of a job, as text.</summary>
/// <param name="Name">"loss", "CIDEr-D".</param>
/// <param name="Value">"2.413".</param>
public sealed record JobField(string Name, string Value);
