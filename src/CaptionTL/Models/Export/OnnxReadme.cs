using System.Globalization;
using CaptionTL.Images;
using CaptionTL.Runtime.Onnx;
using CaptionTL.Text;

namespace CaptionTL.Models.Export;

/// <summary>The README.md of an exported folder: what goes in, what comes out, and what to do in between.</summary>
internal static class OnnxReadme
{
    public static string Write(BundleManifest manifest, IReadOnlyList<OnnxFile> files) => FormattableString.Invariant($"""
        # {manifest.Name} as ONNX

        {string.Join("\n", files.Select(f => $"- `{f.Name}` ({f.Bytes / 1e6:0.0} MB): {f.Purpose}"))}
        - {(manifest.Decoder is null ? "`labels.txt`: the classes, one a line" : "`vocab.txt`: the words, one a line; the first line is word 0")}

        ONNX's own operators, opset {OnnxGraph.Opset}, fp32. `n` is the number of pictures, any from 1.

        ## Pixels
        {Pixels(manifest.Preprocessing)}

        ## Inputs and outputs
        {string.Join("\n\n", files.Select(Table))}
        {(manifest.Decoder is null ? "" : "\n" + Words(manifest) + "\n")}
        ## Licences
        {string.Join("\n", manifest.Licences.Select(l => "- " + l))}
        """) + "\n";

    private static string Pixels(Preprocessing pixels)
    {
        var interpolation = $"{pixels.Interpolation.ToString().ToLowerInvariant()}, averaging over all pixels that an output covers where the picture becomes smaller";
        var resize = pixels.Resize == ResizeMode.Squash
            ? FormattableString.Invariant($"Resize the picture to {pixels.Width} × {pixels.Height} ({interpolation}), whatever its shape.")
            : FormattableString.Invariant($"Resize the picture ({interpolation}) so that a box of {pixels.Width} × {pixels.Height} is {pixels.CropFraction} of its shorter side, and take the box from the middle.");
        return $"""
            1. Decode to red, green, blue, from 0 to 255, and turn the picture as its EXIF orientation says.
            2. {resize}
            3. value / 255, less {Numbers(pixels.Mean)}, divided by {Numbers(pixels.Std)} (red, green, blue).
            4. Order: picture, channel, row, column.
            """;
    }

    private static string Table(OnnxFile file) => $"""
        `{file.Name}`

        | | name | type | shape | |
        |---|---|---|---|---|
        {string.Join("\n", file.Inputs.Select(p => Row("in", p)).Concat(file.Outputs.Select(p => Row("out", p))))}
        """;

    private static string Row(string direction, OnnxPort port) =>
        $"| {direction} | `{port.Name}` | {port.Type} | ({string.Join(", ", port.Shape.Select(s => s < 0 ? OnnxGraph.Batch : s.ToString(CultureInfo.InvariantCulture)))}) | {port.Meaning} |";

    private static string Words(BundleManifest manifest) => $"""
        ## Writing a caption
        1. `encoder.onnx`, then `decoder-start.onnx`, once a picture.{(manifest.Decoding?.Mirror == true ? " CaptionTL reads the picture's mirror image too: `encoder.onnx` for both, the rows of the second grid turned back left to right, and the mean of the two for `decoder-start.onnx`." : "")}{(manifest.Decoding?.CheckThings == true ? " It also writes captions again that the network's own classes contradict; that is not in these files." : "")}
        2. `decoder-step.onnx` with word {Vocabulary.Bos} (`{Vocabulary.SpecialTokens[Vocabulary.Bos]}`) and the state from the start.
        3. Choose the next word by its log probability, never {Vocabulary.Pad}, {Vocabulary.Bos} or {Vocabulary.Unk} (`{Vocabulary.SpecialTokens[Vocabulary.Pad]}`, `{Vocabulary.SpecialTokens[Vocabulary.Bos]}`, `{Vocabulary.SpecialTokens[Vocabulary.Unk]}`).
        4. Word {Vocabulary.Eos} (`{Vocabulary.SpecialTokens[Vocabulary.Eos]}`) ends the caption{(manifest.InnerWords is { Count: > 0 } inner ? $" (CaptionTL does not choose it after {inner.Count} words that the captions it learned from do not end with, `innerWords` in the bundle's manifest.json)" : "")}; with any other, `next_hidden` and `next_cell` become `hidden` and `cell`: again from 2, at most {manifest.Decoding?.MaxLength} words.

        A beam is a row of `n` by itself: repeat `gates`{(manifest.Decoder!.Attention ? " and `memory`" : "")} and take the rows of the state that the beams continue. CaptionTL's own search has a beam of {manifest.Decoding?.Beam} and divides a caption's log probability by its number of words, the end counted, to the power of {manifest.Decoding?.LengthNormalization.ToString(CultureInfo.InvariantCulture)}.
        """;

    private static string Numbers(IReadOnlyList<float> values) => "(" + string.Join(", ", values.Select(v => v.ToString(CultureInfo.InvariantCulture))) + ")";
}
