namespace CaptionTL.Web.Clients;

/// <summary>Which pictures of a data set.</summary>
/// <param name="Split">"train", "dev", "test" or "none"; all when null.</param>
/// <param name="Class">Of this class only.</param>
/// <param name="Undescribed">Only those without a caption or label.</param>
/// <param name="Search">Text within the name, a caption or the label.</param>
public sealed record PictureQuery(string? Split = null, string? Class = null, bool Undescribed = false, string? Search = null)
{
    internal string ToQuery()
    {
        var query = new List<string>();
        if (!string.IsNullOrEmpty(Split)) query.Add($"split={Split}");
        if (!string.IsNullOrEmpty(Class)) query.Add($"class={Uri.EscapeDataString(Class)}");
        if (Undescribed) query.Add("undescribed=true");
        if (!string.IsNullOrWhiteSpace(Search)) query.Add($"search={Uri.EscapeDataString(Search)}");
        return string.Concat(query.Select(q => "&" + q));
    }
}
