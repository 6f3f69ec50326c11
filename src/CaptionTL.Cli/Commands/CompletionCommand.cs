using System.CommandLine;
using CaptionTL.Cli.Completion;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl completion SHELL: the script that lets a shell complete command lines.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh, fish or powershell", HelpName = "SHELL" };

    public CompletionCommand() : base(
        "completion", "Print a script that lets a shell complete command lines: commands, options, names of plans, weights and models",
        "captiontl completion bash > ~/.local/share/bash-completion/completions/captiontl",
        "captiontl completion zsh > ~/.zfunc/_captiontl",
        "captiontl completion fish > ~/.config/fish/completions/captiontl.fish",
        "captiontl completion powershell | Out-String | Invoke-Expression")
    {
        _shell.AcceptOnlyFromAmong([.. CompletionScripts.Shells]);
        Add(_shell);
    }

    protected override Task<int> RunAsync(CommandRun run)
    {
        var shell = run.Get(_shell);
        var script = CompletionScripts.Read(shell);
        run.Output.Write(new { Shell = shell, Script = script }, text => text.Write(script));
        return Task.FromResult(ExitCode.Done);
    }
}
