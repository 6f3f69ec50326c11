using static TorchSharp.torch;

namespace CaptionTL.Models.Export;

/// <summary>An input or output of an ONNX graph.</summary>
/// <param name="Name">As a runtime is asked for it.</param>
/// <param name="Meaning">For people, in the file and in the folder's README.md.</param>
public sealed record OnnxPort(string Name, string Meaning)
{
    /// <summary>Sizes; −1 for the number of pictures. Known once the graph is made.</summary>
    public IReadOnlyList<long> Shape { get; init; } = [];

    /// <summary>"float32" or "int64".</summary>
    public string Type { get; init; } = "float32";

    /// <summary>Of an input: zeros for so many pictures.</summary>
    internal Func<long, Tensor>? Example { get; init; }
}
