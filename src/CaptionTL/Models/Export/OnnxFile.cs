using CaptionTL.Runtime.Onnx;

namespace CaptionTL.Models.Export;

/// <summary>An ONNX file of an export.</summary>
/// <param name="Name">Within the folder.</param>
/// <param name="Purpose">What it computes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Inputs">What it takes.</param>
/// <param name="Outputs">What it gives.</param>
public sealed record OnnxFile(string Name, string Purpose, long Bytes, IReadOnlyList<OnnxPort> Inputs, IReadOnlyList<OnnxPort> Outputs);
