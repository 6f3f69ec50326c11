namespace CaptionTL.Weights.Keras;

/// <summary>A layer of a Keras file.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Kind">From its class's name where the file has that, otherwise from its shapes.</param>
/// <param name="Datasets">Paths of its variables in Keras's order: kernel, bias; gamma, beta, moving mean, moving variance.</param>
internal sealed record KerasLayer(string Name, KerasKind? Kind, IReadOnlyList<string> Datasets);
