namespace CaptionTL.Cli.Completion;

/// <summary>The scripts of this folder: each asks the program itself what fits, through <see cref="Suggestions"/>.</summary>
internal static class CompletionScripts
{
    private static readonly Dictionary<string, string> Endings = new() { ["bash"] = "bash", ["zsh"] = "zsh", ["fish"] = "fish", ["powershell"] = "ps1" };

    public static IReadOnlyCollection<string> Shells => Endings.Keys;

    /// <param name="shell">One of <see cref="Shells"/>.</param>
    public static string Read(string shell)
    {
        using var stream = typeof(CompletionScripts).Assembly.GetManifestResourceStream($"captiontl.{Endings[shell]}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
