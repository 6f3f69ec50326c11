namespace CaptionTL.Cli.Commands;

/// <summary>What models can be exported as.</summary>
internal enum ExportFormat
{
    Onnx,
}
