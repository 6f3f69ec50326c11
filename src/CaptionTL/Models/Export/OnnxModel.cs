using CaptionTL.IO;
using CaptionTL.Models.Export.Onnx;
using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Models.Export;

/// <summary>
/// A computation on tensors as an ONNX model. It is run twice, for one picture and for two, and what it calls is written down: sizes that
/// differ are the number of pictures. Weights are fp32 and inside the file.
/// </summary>
internal sealed class OnnxModel
{
    private const int IrVersion = 7; // the one that came with opset 13
    private const long MaxBytes = int.MaxValue;

    private readonly Model _model;

    private OnnxModel(Model model, IReadOnlyList<OnnxPort> inputs, IReadOnlyList<OnnxPort> outputs) => (_model, Inputs, Outputs) = (model, inputs, outputs);

    public IReadOnlyList<OnnxPort> Inputs { get; }

    public IReadOnlyList<OnnxPort> Outputs { get; }

    /// <param name="name">Of the graph.</param>
    /// <param name="inputs">With an example each.</param>
    /// <param name="outputs">In the order in which <paramref name="run"/> returns them.</param>
    /// <param name="run">What is written down; in inference mode, fp32.</param>
    /// <exception cref="CaptionTLException">It uses an operator that cannot be written, or its weights are too large for one file.</exception>
    public static OnnxModel Make(string name, IReadOnlyList<OnnxPort> inputs, IReadOnlyList<OnnxPort> outputs, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> run)
    {
        using var scope = NewDisposeScope();
        using var other = Trace(2);
        using var trace = Trace(1).Compare(other);
        var graph = new OnnxGraph { Graph = { Name = name } };
        for (var i = 0; i < inputs.Count; i++) graph.Input(trace.Inputs[i], inputs[i].Name, inputs[i].Meaning);
        for (var i = 0; i < outputs.Count; i++) graph.Output(trace.Outputs[i], outputs[i].Name, outputs[i].Meaning);
        RequireRoom(trace.Constants.Sum(c => c.Constant!.numel() * sizeof(float)), name);
        foreach (var call in trace.Calls) OnnxOperators.Add(graph, call);
        var model = new Model { IrVersion = IrVersion, ProducerName = "CaptionTL", ProducerVersion = typeof(OnnxModel).Assembly.GetName().Version!.ToString(3), Graph = graph.Graph };
        model.OpsetImport.Add(new OperatorSet { Domain = "", Version = OnnxOperators.Opset });
        return new OnnxModel(model, [.. inputs.Zip(trace.Inputs, Described)], [.. outputs.Zip(trace.Outputs, Described)]);

        TracedGraph Trace(long pictures) => OperatorTrace.Run([.. inputs.Select(i => i.Example!(pictures))], run);
    }

    /// <summary>A line of the file's metadata, which runtimes show.</summary>
    public OnnxModel With(string key, string value)
    {
        _model.MetadataProps.Add(new Metadata { Key = key, Value = value });
        return this;
    }

    /// <summary>Writes a file that appears whole or not at all.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream => _model.WriteTo(stream));

    internal static void RequireRoom(long bytes, string name)
    {
        if (bytes > MaxBytes)
            throw new CaptionTLException(FormattableString.Invariant($"The weights of '{name}' take {bytes / 1e9:0.0} GB in fp32; an ONNX file holds at most {MaxBytes / 1e9:0.0} GB. Use a smaller backbone for a model that is to be exported."));
    }

    private static OnnxPort Described(OnnxPort port, TracedValue value) =>
        port with { Shape = value.Sizes, Type = value.Type == ScalarType.Int64 ? "int64" : "float32", Example = null };
}
