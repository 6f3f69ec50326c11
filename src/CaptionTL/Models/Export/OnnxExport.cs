using CaptionTL.IO;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Weights;

namespace CaptionTL.Models.Export;

/// <summary>A model bundle as ONNX files, for programs that run such networks without CaptionTL.</summary>
/// <param name="Folder">Where they lie, with labels or vocabulary and a README.md.</param>
/// <param name="Files">The networks.</param>
public sealed record OnnxExport(string Folder, IReadOnlyList<OnnxFile> Files)
{
    /// <summary>
    /// A classifier becomes model.onnx, from pixels to calibrated probabilities. A captioner becomes encoder.onnx (pixels to grid),
    /// decoder-start.onnx (grid to what the decoder keeps of a picture, and its first state) and decoder-step.onnx (a word and a state to
    /// the next word's log probabilities and the next state).
    /// </summary>
    /// <param name="bundle">Path; it is loaded, and its canary checked, in fp32.</param>
    /// <param name="folder">Made if it is not there; must be empty.</param>
    /// <param name="store">Where encoder weights are looked up that the bundle does not include.</param>
    /// <exception cref="CaptionTLException">The bundle is broken, the folder has files, or the network cannot be written as ONNX.</exception>
    public static OnnxExport Write(string bundle, string folder, WeightStore? store = null)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new CaptionTLException($"{folder} is there already and not an empty folder. Name a new one: nothing is overwritten.");
        using var opened = ModelBundle.Open(bundle);
        var files = new List<OnnxFile>();
        if (opened.Manifest.Task == "classify")
        {
            using var classifier = Classifier.Load(bundle, Backbones.Precision.Float32, store);
            Add("model.onnx", "normalised pixels to calibrated probabilities of the classes", ClassifierGraph.Make(classifier));
        }
        else
        {
            using var captioner = Captioner.Load(bundle, Backbones.Precision.Float32, store);
            Add("encoder.onnx", "normalised pixels to the grid that the decoder reads", CaptionerGraphs.Encoder(captioner));
            Add("decoder-start.onnx", "the grid to what the decoder keeps of a picture, and the state it begins with",
                CaptionerGraphs.Start(captioner.Decoder));
            Add("decoder-step.onnx", "one word to the next: log probabilities and the next state", CaptionerGraphs.Step(captioner.Decoder));
        }
        var names = opened.Manifest.Task == "classify" ? ModelBundle.LabelsEntry : ModelBundle.VocabularyEntry;
        AtomicFile.WriteAllBytes(Path.Combine(folder, names), opened.Read(names));
        AtomicFile.WriteAllText(Path.Combine(folder, ModelBundle.CardEntry), OnnxReadme.Write(opened.Manifest, files));
        return new OnnxExport(folder, files);

        void Add(string name, string purpose, OnnxGraph graph)
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, name);
            var bytes = graph.With("model", opened.Manifest.Name).With("pixels", opened.Manifest.Preprocessing.Fingerprint).ToBytes();
            using (new OnnxSession(bytes)) AtomicFile.WriteAllBytes(path, bytes); // what does not run here is not written
            files.Add(new OnnxFile(name, purpose, bytes.Length, graph.Inputs, graph.Outputs));
        }
    }
}
