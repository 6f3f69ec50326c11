namespace CaptionTL.Web.Tests;

/// <summary>Addresses of all pages that anybody can open at any time.</summary>
internal static class SitePages
{
    public static IReadOnlyList<string> All { get; } = ["/", "/classify", "/teach", "/data", "/train", "/runs", "/system", "/not-found"];
}
