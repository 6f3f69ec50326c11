namespace CaptionTL.Service.Serving;

/// <summary>A bundle that can be asked.</summary>
/// <param name="Name">"flickr8k".</param>
/// <param name="Version">From 1.</param>
/// <param name="Task">"caption" or "classify".</param>
/// <param name="Path">Of the bundle; its content never changes.</param>
public sealed record ServedModel(string Name, int Version, string Task, string Path);
