namespace CaptionTL.Web.Tests;

/// <summary>Files of the repository the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Pictures and weights that are no part of the project; null where they are not there.</summary>
    public static string? Shared(string path) => Path.Combine(Root, "..", "shared", path) is var full && Path.Exists(full) ? full : null;

    /// <summary>The pretrained network that trainings begin with is on this machine; the test is skipped where it is not.</summary>
    public static void RequireWeights()
    {
        const string file = "tf_efficientnet_lite0.in1k/model.safetensors";
        string[] folders = [Path.Combine(Root, "..", "shared", "models"), .. (Environment.GetEnvironmentVariable("CAPTIONTL_MODELS") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, file))), $"needs ../shared/models/{file}");
    }

    public static string Sample(string name) => Path.Combine(Root, "datasets", "samples", name);

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CaptionTL.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("not within the repository");
        return folder;
    }
}
