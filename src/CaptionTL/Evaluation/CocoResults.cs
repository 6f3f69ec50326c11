using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CaptionTL.IO;

namespace CaptionTL.Evaluation;

/// <summary>COCO's results file, which other evaluation tools read: <c>[{"image_id": …, "caption": …}, …]</c>.</summary>
public static class CocoResults
{
    /// <summary>Writes the file whole or not at all. Ids that are whole numbers are written as numbers, as COCO's are, others as text.</summary>
    public static void Save(string path, IEnumerable<(string Id, string Caption)> captions) => AtomicFile.Write(path, stream => Write(stream, captions));

    /// <inheritdoc cref="Save"/>
    public static void Write(Stream stream, IEnumerable<(string Id, string Caption)> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        // The relaxed encoder leaves apostrophes and letters of other scripts readable; the file is never part of a web page.
        using var json = new Utf8JsonWriter(stream, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true });
        json.WriteStartArray();
        foreach (var (id, caption) in captions)
        {
            json.WriteStartObject();
            if (long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == id)
                json.WriteNumber("image_id", number);
            else
                json.WriteString("image_id", id);
            json.WriteString("caption", caption);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
