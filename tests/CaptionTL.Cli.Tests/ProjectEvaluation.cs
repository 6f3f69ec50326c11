using System.Diagnostics;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests;

/// <summary>MSBuild asked about a project of the repository.</summary>
internal static class ProjectEvaluation
{
    public static async Task<(int Exit, string Output)> RunAsync(string project, params string[] arguments)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var process =
            Process.Start(DotNetProgram.Sdk("msbuild", [Path.Combine(Repository.Root, project), "-nologo", .. arguments]))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output + await error);
    }
}
