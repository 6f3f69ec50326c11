using System.Diagnostics;
using System.Text.RegularExpressions;
using CaptionTL.Service.Tests.Jobs;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests;

/// <summary>The walk through the API in the README, word for word but for the address.</summary>
public sealed partial class ReadmeWalkTests
{
    [Fact]
    public async Task Walk_OfTheReadme_EndsWithAModelThatKnowsACross()
    {
        using var folder = JobsService.Folder();
        await using var service = await TestService.StartAsync(folder.File("data"), $"CaptionTL:Embeddings={folder.File("embeddings")}");
        Directory.CreateSymbolicLink(folder.File("datasets"), Path.Combine(Repository.Root, "datasets"));
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "CaptionTL.Service", "README.md"));
        var commands = Walk().Match(readme).Groups[1].Value;
        commands.ShouldContain("/api/v1/jobs/1/progress");

        var (code, output, error) = await BashAsync(
            commands.Replace("http://127.0.0.1:8080/", service.Http.BaseAddress!.ToString(), StringComparison.Ordinal)
                .Replace("./captiontl ", $"dotnet '{Cli}' ", StringComparison.Ordinal), folder.Path);

        code.ShouldBe(0, error);
        output.ShouldContain("\"caption\":");
        output.ShouldContain("event: words");
        output.ShouldContain("\"images\":50", customMessage: output);
        output.ShouldContain("\"state\":\"succeeded\"");
        output.ShouldContain("\"class\":\"cross\"");
        output.ShouldContain("\"name\":\"shapes\",\"task\":\"classify\",\"inUse\":1");
    }

    [GeneratedRegex("run by a test as it stands here.*?```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Walk();

    private static string Cli => Path.Combine(AppContext.BaseDirectory, "CaptionTL.Cli.dll");

    private static async Task<(int Code, string Output, string Error)> BashAsync(string commands, string folder)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", commands]) { WorkingDirectory = folder,
            RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (bash.ExitCode, await output, await error);
    }
}
