using System.Text.RegularExpressions;

namespace CaptionTL.Tests;

/// <summary>What CONTRIBUTING.md says about files, lines and folders, and that the pages in Markdown lead somewhere.</summary>
public partial class StructureTests
{
    private const int LongestLine = 139; // characters
    private const int LongestFile = 350; // lines
    private const int LargestFolder = 25; // files of C#
    private const int LongestReadme = 10 * 1024; // bytes

    private static readonly IReadOnlyList<string> Sources =
        [.. new[] { "src", "tests", "web" }.SelectMany(folder => Files(folder, "*.cs"))];

    private static readonly IReadOnlyList<string> Pages =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md"),
        .. new[] { "src", "tests", "web", "datasets" }.SelectMany(folder => Files(folder, "*.md")),
    ];

    [Fact]
    public void Lines_OfSources_AreNotLong() =>
        Sources.SelectMany(file => File.ReadLines(file).Select((line, i) => (Place: $"{Short(file)}:{i + 1}", line.Length)))
            .Where(line => line.Length > LongestLine).ShouldBeEmpty();

    [Fact]
    public void Files_OfSources_AreReadInOneSitting() =>
        Sources.Select(file => (Place: Short(file), Lines: File.ReadLines(file).Count())).Where(file => file.Lines > LongestFile)
            .ShouldBeEmpty();

    [Fact]
    public void Folders_OfSources_AreOverlooked() =>
        Sources.CountBy(file => Path.GetDirectoryName(Short(file))!).Where(folder => folder.Value > LargestFolder).ShouldBeEmpty();

    [Fact]
    public void FrontPage_IsShort() =>
        new FileInfo(Path.Combine(Repository.Root, "README.md")).Length.ShouldBeLessThanOrEqualTo(LongestReadme);

    [Fact]
    public void Links_BetweenPages_LeadToFiles() =>
        Pages.SelectMany(page => Link().Matches(File.ReadAllText(page))
                .Select(link => link.Groups[1].Success ? link.Groups[1].Value : link.Groups[2].Value)
                .Where(link => !link.Contains("://", StringComparison.Ordinal))
                .Select(link => (Page: Short(page), Link: link, Target: Path.Combine(Path.GetDirectoryName(page)!, link.Split('#')[0]))))
            .Where(link => !Path.Exists(link.Target)).ShouldBeEmpty();

    private static string Short(string file) => Path.GetRelativePath(Repository.Root, file);

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !Built().IsMatch(Short(file)));

    // [text](target) and src="target"
    [GeneratedRegex("\\]\\(([^)#\\s][^)\\s]*)\\)|src=\"([^\"]+)\"")]
    private static partial Regex Link();

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex Built();
}
