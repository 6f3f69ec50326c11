namespace CaptionTL.Web.Tests;

/// <summary>Files of the repository the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Pictures and weights that are no part of the project; null where they are not there.</summary>
    public static string? Shared(string path) => Path.Combine(Root, "..", "shared", path) is var full && Path.Exists(full) ? full : null;

    public static string Sample(string name) => Path.Combine(Root, "datasets", "samples", name);

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CaptionTL.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("not within the repository");
        return folder;
    }
}
