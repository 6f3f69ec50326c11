namespace CaptionTL.Web.Visitors;

/// <summary>What browsers fetch from the API themselves: images, reports, files to keep.</summary>
public static class ApiAddress
{
    public static string Image(string set, int id) => $"/api/v1/datasets/{Uri.EscapeDataString(set)}/images/{id}";

    public static string Thumbnail(string set, int id) => $"{Image(set, id)}/thumbnail";

    /// <param name="run">Its number.</param>
    /// <param name="part">A plan of a race; null for a single run.</param>
    public static string Report(long run, string? part) =>
        $"/api/v1/runs/{run}/report{(part is null ? "" : $"?part={Uri.EscapeDataString(part)}")}";

    /// <param name="name">The model's name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="what">"bundle", "card" or "onnx".</param>
    public static string Model(string name, int version, string what) =>
        $"/api/v1/models/{Uri.EscapeDataString(name)}/versions/{version}/{what}";
}
