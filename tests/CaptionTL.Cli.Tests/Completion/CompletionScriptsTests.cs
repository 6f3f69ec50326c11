using System.Diagnostics;
using System.Runtime.InteropServices;
using CaptionTL.Cli.Commands;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Completion;

/// <summary>The scripts in the shells that are there, asking the program as a process.</summary>
public sealed class CompletionScriptsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Shells => [.. CompletionScripts.Shells];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Completion_EachShell_PrintsAScriptThatAsksTheProgram(string shell)
    {
        var run = await CommandLine.RunAsync("completion", shell);
        (run.ExitCode, run.Error).ShouldBe((ExitCode.Done, ""));
        run.Output.ShouldContain("[suggest:");
        (await CommandLine.RunAsync("completion", shell, "--json")).JsonLines()[0].GetProperty("script").GetString().ShouldBe(run.Output);
    }

    [Fact]
    public async Task Completion_AnotherShell_NamesThoseThereAre()
    {
        var run = await CommandLine.RunAsync("completion", "tcsh");
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        foreach (var shell in CompletionScripts.Shells) run.Error.ShouldContain(shell);
    }

    // bash begins a new word behind "=".
    [Theory]
    [InlineData("captiontl train --plan features+l", "features+l", "features+linear-svm features+logistic")]
    [InlineData("captiontl train --plan=features+s", "features+s", "features+svm")]
    [InlineData("captiontl models su", "su", "summary")]
    public async Task Bash_Word_IsCompleted(string line, string word, string words)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "bash finds no program by a script of the shell on Windows");
        const string Script = """
            source <(captiontl completion bash); COMP_LINE=$0 COMP_POINT=${#0}; _captiontl captiontl "$1"; echo "${COMPREPLY[@]}"
            """;
        var said = await ShellAsync("bash", "--norc", "-c", Script, line, word);
        said.Trim().ShouldBe(words);
    }

    [Theory]
    [InlineData("captiontl train --plan features+l", "features+linear-svm features+logistic")]
    [InlineData("captiontl train --plan=features+s", "--plan=features+svm")]
    [InlineData("captiontl models su", "summary")]
    public async Task Fish_Word_IsCompleted(string line, string words)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fish"), "fish is not installed");
        var said = await ShellAsync("/usr/bin/fish", "--no-config", "-c", $"captiontl completion fish | source; complete "
            + $"--do-complete '{line}'");
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ShouldBe(words.Split(' '));
    }

    private async Task<string> ShellAsync(string shell, params string[] arguments)
    {
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var program = _folder.File("captiontl");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec '{dotnet}' '{typeof(CommandLineApp).Assembly.Location}' \"$@\"\n",
            TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(shell, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        (await error).ShouldBe("");
        return await output;
    }
}
