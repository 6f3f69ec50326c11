namespace CaptionTL.IO;

/// <summary>Where CaptionTL keeps what it can fetch or compute again.</summary>
public static class AppFolders
{
    /// <summary>
    /// CAPTIONTL_HOME, else captiontl in the user's cache folder (XDG_CACHE_HOME or ~/.cache; LocalApplicationData on Windows and macOS).
    /// </summary>
    public static string Cache => CacheFrom(Environment.GetEnvironmentVariable);

    /// <summary>Downloaded and installed weights.</summary>
    public static string Models => Path.Combine(Cache, "models");

    /// <summary>The embedding cache.</summary>
    public static string Embeddings => Path.Combine(Cache, "embeddings");

    internal static string CacheFrom(Func<string, string?> environment)
    {
        if (environment("CAPTIONTL_HOME") is { Length: > 0 } home) return Path.GetFullPath(home);
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "captiontl");
        // The XDG rules: a relative path counts as not set.
        if (environment("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache)) return Path.Combine(cache, "captiontl");
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(user.Length > 0 ? user : Path.GetTempPath(), ".cache", "captiontl");
    }
}
