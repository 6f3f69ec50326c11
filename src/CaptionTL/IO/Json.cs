using System.Text.Json;
using System.Text.Json.Serialization;

namespace CaptionTL.IO;

/// <summary>How the project's JSON files are written: camelCase, enumerations by name, unknown members refused when read.</summary>
public static class Json
{
    /// <summary>One line.</summary>
    public static JsonSerializerOptions Compact { get; } = Options(indented: false);

    /// <summary>For people.</summary>
    public static JsonSerializerOptions Indented { get; } = Options(indented: true);

    /// <summary>For reading what another version wrote, or a file that other programs extend: unknown members are ignored.</summary>
    public static JsonSerializerOptions Lenient { get; } = new(Compact) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    private static JsonSerializerOptions Options(bool indented) => new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = indented,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
