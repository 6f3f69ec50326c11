using System.Text.RegularExpressions;

namespace CaptionTL.Tests.Examples;

/// <summary>The README shows the examples as they are run: what stands between "// README: title" and "// end" in this folder.</summary>
public class ReadmeExamplesTests
{
    private static readonly string[] Sections = ["The library in short examples", "Extend it"];
    private const int MostLines = 10;

    [Fact]
    public void Readme_Sections_ShowTheExamplesAsTheyAreRun() =>
        Sections.SelectMany(Shown)
            .ShouldBe(Run(), ignoreOrder: true,
                "src/CaptionTL/README.md and tests/CaptionTL.Tests/Examples differ: copy the code that the tests run");

    [Fact]
    public void Examples_Each_AreShort() => Run().ShouldAllBe(code => code.Split('\n').Length <= MostLines);

    private static List<string> Shown(string section)
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "CaptionTL", "README.md"));
        var start = readme.IndexOf($"## {section}\n", StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0, $"src/CaptionTL/README.md has no section '{section}'");
        var end = readme.IndexOf("\n## ", start, StringComparison.Ordinal);
        return [.. Regex.Matches(readme[start..end], "```csharp\n(.*?)```", RegexOptions.Singleline)
            .Select(m => m.Groups[1].Value.TrimEnd('\n'))];
    }

    private static List<string> Run()
    {
        var folder = Path.Combine(Repository.Root, "tests", "CaptionTL.Tests", "Examples");
        var examples = Directory.EnumerateFiles(folder, "*Examples.cs").SelectMany(file =>
            Regex.Matches(File.ReadAllText(file), "^ *// README: [^\n]*\n(.*?)\n *// end$",
                RegexOptions.Singleline | RegexOptions.Multiline)).Select(m => Dedented(m.Groups[1].Value)).ToList();
        examples.ShouldNotBeEmpty();
        return examples;
    }

    private static string Dedented(string code)
    {
        var lines = code.Split('\n');
        var indent = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length > 0 ? l[indent..] : l));
    }
}
