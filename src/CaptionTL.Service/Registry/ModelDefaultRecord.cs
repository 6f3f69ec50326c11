namespace CaptionTL.Service.Registry;

/// <summary>A row of the default models: which one answers where none is named.</summary>
internal sealed class ModelDefaultRecord
{
    public required string Task { get; set; }

    public required string Name { get; set; }
}
