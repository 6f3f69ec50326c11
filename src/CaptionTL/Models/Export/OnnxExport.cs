using System.Globalization;
using CaptionTL.Backbones;
using CaptionTL.IO;
using CaptionTL.Images;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Text;
using CaptionTL.Weights;

namespace CaptionTL.Models.Export;

/// <summary>A model bundle as ONNX files, for programs that run such networks without CaptionTL.</summary>
/// <param name="Folder">Holds them, with labels or vocabulary and a README.md.</param>
/// <param name="Files">The networks.</param>
public sealed record OnnxExport(string Folder, IReadOnlyList<OnnxFile> Files)
{
    /// <summary>
    /// A classifier becomes model.onnx, from pixels to calibrated probabilities. A captioner becomes encoder.onnx (pixels to grid),
    /// decoder-start.onnx (grid to what the decoder keeps of an image, and its first state) and decoder-step.onnx (a word and a state to
    /// the next word's log probabilities and the next state).
    /// </summary>
    /// <param name="bundle">Path; it is loaded, and its canary checked, in fp32.</param>
    /// <param name="folder">Created if it does not exist; must be empty.</param>
    /// <param name="store">Where encoder weights are looked up that the bundle does not include.</param>
    /// <exception cref="CaptionTLException">The bundle is broken, the folder has files, or the network cannot be written as
    /// ONNX.</exception>
    public static OnnxExport Write(string bundle, string folder, WeightStore? store = null)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new CaptionTLException($"{folder} already exists and is not an empty folder. Name a new one: nothing is overwritten.");
        using var opened = ModelBundle.Open(bundle);
        var files = new List<OnnxFile>();
        if (opened.Manifest.Task == "classify")
        {
            using var classifier = Classifier.Load(bundle, Runtime.Precision.Float32, store);
            Add("model.onnx", "normalised pixels to calibrated probabilities of the classes", ClassifierGraph.Make(classifier));
        }
        else
        {
            using var captioner = Captioner.Load(bundle, Runtime.Precision.Float32, store);
            Add("encoder.onnx", "normalised pixels to the grid that the decoder reads",
                captioner.Encoder.Weights.EncoderGraph(captioner.Encoder.Cut, captioner.Encoder.Preprocessing));
            Add("decoder-start.onnx", "the grid to what the decoder keeps of an image, and the state it begins with",
                CaptionerGraphs.Start(captioner.Search.Decoder));
            Add("decoder-step.onnx", "one word to the next: log probabilities and the next state",
                CaptionerGraphs.Step(captioner.Search.Decoder));
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
            using (new OnnxSession(bytes)) AtomicFile.WriteAllBytes(path, bytes); // a graph that does not run here is not written
            files.Add(new OnnxFile(name, purpose, bytes.Length, graph.Inputs, graph.Outputs));
        }
    }
}

/// <summary>An ONNX file of an export.</summary>
/// <param name="Name">Within the folder.</param>
/// <param name="Purpose">What it computes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
public sealed record OnnxFile(string Name, string Purpose, long Bytes, IReadOnlyList<OnnxPort> Inputs, IReadOnlyList<OnnxPort> Outputs);

/// <summary>A classifier as one graph: pixels → grid → head → softmax at the calibrated temperature.</summary>
internal static class ClassifierGraph
{
    public static OnnxGraph Make(Classifier classifier)
    {
        var graph = new OnnxGraph(classifier.Manifest.Name);
        var scores = classifier.Head.Write(graph, Grid(graph, classifier.Encoder));
        var temperature = classifier.Manifest.Temperature ?? 1;
        if (temperature != 1) scores = graph.Binary("Div", scores, graph.Number(temperature));
        graph.Output(graph.Unary("Softmax", scores, ("axis", 1)), "probabilities",
            "of the classes, in the order of labels.txt; each row sums to one");
        return graph;
    }

    /// <summary>An input of normalised pixels (n, 3, H, W), and the embeddings (n, P, C) that the encoder makes of them.</summary>
    public static OnnxValue Grid(OnnxGraph graph, CnnEncoder encoder) =>
        encoder.Weights.WriteEmbeddings(graph, encoder.Cut, encoder.Preprocessing);
}

/// <summary>The README.md of an exported folder: what goes in, what comes out, and what to do in between.</summary>
internal static class OnnxReadme
{
    public static string Write(BundleManifest manifest, IReadOnlyList<OnnxFile> files)
    {
        var names = manifest.Decoder is null ? "`labels.txt`: the classes, one a line"
            : "`vocab.txt`: the words, one a line; the first line is word 0";
        return FormattableString.Invariant($"""
            # {manifest.Name} as ONNX

            {string.Join("\n", files.Select(f => $"- `{f.Name}` ({f.Bytes / 1e6:0.0} MB): {f.Purpose}"))}
            - {names}

            ONNX's own operators, opset {OnnxGraph.Opset}, fp32. `n` is the number of images, any from 1.

            ## Pixels
            {Pixels(manifest.Preprocessing)}

            ## Inputs and outputs
            {string.Join("\n\n", files.Select(Table))}
            {(manifest.Decoder is null ? "" : "\n" + Words(manifest) + "\n")}
            ## Licences
            {string.Join("\n", manifest.Licences.Select(l => "- " + l))}
            """) + "\n";
    }

    private static string Pixels(Preprocessing pixels)
    {
        var interpolation = $"{pixels.Interpolation.ToString().ToLowerInvariant()}, averaging over all pixels that an output covers "
            + "where the image becomes smaller";
        var resize = pixels.Resize == ResizeMode.Squash
            ? FormattableString.Invariant($"Resize the image to {pixels.Width} × {pixels.Height} ({interpolation}), whatever its shape.")
            : FormattableString.Invariant($"Resize the image ({interpolation}) so that a box of {pixels.Width} × {pixels.Height} is ")
                + FormattableString.Invariant($"{pixels.CropFraction} of its shorter side, and take the box from the middle.");
        return $"""
            1. Decode to red, green, blue, from 0 to 255, and turn the image as its EXIF orientation says.
            2. {resize}
            3. value / 255, less {Numbers(pixels.Mean)}, divided by {Numbers(pixels.Std)} (red, green, blue).
            4. Order: image, channel, row, column.
            """;
    }

    private static string Table(OnnxFile file) => $"""
        `{file.Name}`

        | | name | type | shape | |
        |---|---|---|---|---|
        {string.Join("\n", file.Inputs.Select(p => Row("in", p)).Concat(file.Outputs.Select(p => Row("out", p))))}
        """;

    private static string Row(string direction, OnnxPort port) =>
        $"| {direction} | `{port.Name}` | {port.Type} | "
            + $"({string.Join(", ", port.Shape.Select(s => s < 0 ? OnnxGraph.Batch : s.ToString(CultureInfo.InvariantCulture)))}) | "
            + $"{port.Meaning} |";

    private static string Words(BundleManifest manifest)
    {
        var (decoding, tokens) = (manifest.Decoding!, Vocabulary.SpecialTokens);
        var mirror = !decoding.Mirror ? "" : " CaptionTL reads the image's mirror image too: `encoder.onnx` for both, the rows of the "
            + "second grid turned back left to right, and the mean of the two for `decoder-start.onnx`.";
        var labels = !decoding.CheckLabels ? "" : " It also uses label-constrained decoding, which rewrites captions that the network's "
            + "own classes contradict; that is not in these files.";
        var inner = manifest.InnerWords is not { Count: > 0 } words ? "" : $" (CaptionTL does not choose it after {words.Count} words "
            + "that the captions it learned from do not end with, `innerWords` in the bundle's manifest.json)";
        var never = $"{Named(Vocabulary.Pad)}, {Named(Vocabulary.Bos)} or {Named(Vocabulary.Unk)}";
        var kept = manifest.Decoder!.Attention ? "`gates` and `memory`" : "`gates`";
        return FormattableString.Invariant($"""
            ## Writing a caption
            1. `encoder.onnx`, then `decoder-start.onnx`, once an image.{mirror}{labels}
            2. `decoder-step.onnx` with word {Vocabulary.Bos} (`{tokens[Vocabulary.Bos]}`) and the state from the start.
            3. Choose the next word by its log probability, never {never}.
            4. Word {Named(Vocabulary.Eos)} ends the caption{inner}; with any other, `next_hidden` and `next_cell` become `hidden` and
               `cell`: again from 2, at most {decoding.MaxLength} words.

            A beam is a row of `n` by itself: repeat {kept} and take the rows of the state that the beams continue. CaptionTL's own search
            has a beam of {decoding.Beam} and divides a caption's log probability by its number of words, the end counted, to the power
            of {decoding.LengthNormalization}.
            """);

        string Named(int word) => $"{word} (`{tokens[word]}`)";
    }

    private static string Numbers(IReadOnlyList<float> values) =>
        "(" + string.Join(", ", values.Select(v => v.ToString(CultureInfo.InvariantCulture))) + ")";
}
