namespace CaptionTL.Benchmarks;

/// <summary>The photos of datasets/samples: some 500 pixels a side.</summary>
internal static class SamplePhotos
{
    public static IReadOnlyList<string> Files()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "CaptionTL.sln"))) root = Path.GetDirectoryName(root)!;
        return [.. Directory.EnumerateFiles(Path.Combine(root, "datasets", "samples"))
            .Where(f => f.EndsWith(".png", StringComparison.Ordinal) || f.EndsWith(".jpg", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
    }
}
