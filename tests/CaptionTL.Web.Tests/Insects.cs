namespace CaptionTL.Web.Tests;

/// <summary>Photos of ants and bees in ../shared; tests that need them are skipped where they are not there.</summary>
internal static class Insects
{
    public static IReadOnlyList<string> Photos(string split, string name, int count)
    {
        var folder = Path.Combine(Repository.RequireShared("hymenoptera_data"), split, name);
        return [.. Directory.GetFiles(folder, "*.jpg").Order(StringComparer.Ordinal).Take(count)];
    }
}
