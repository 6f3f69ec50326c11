using System.CommandLine;
using CaptionTL.Runtime;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl doctor: whether this machine has what is needed, with hints.</summary>
internal sealed class DoctorCommand : CliCommand
{
    private readonly Option<int> _port = new("--port")
    {
        Description = "Port that the service would use", HelpName = "N", DefaultValueFactory = _ => 8080,
    };

    public DoctorCommand() : base(
        "doctor", "Check this machine: libraries, speed, models, caches, disk space and port, with a hint where something can be improved",
        "captiontl doctor",
        "captiontl doctor --json") => Accept(_port);

    protected override Task<int> RunAsync(CommandRun run)
    {
        if (run.Get(_port) is < 1 or > 65535)
            throw new CaptionTLException($"--port is {run.Get(_port)}; it must be from 1 to 65535.");
        var findings = MachineCheck.Run(run.Get(_port), run.CancellationToken).ToList();
        run.Output.WriteTable(
            findings, "nothing was checked",
            ("", f => f.State switch { FindingState.Good => "ok", FindingState.Warning => "note", _ => "FAIL" }),
            ("part", f => f.Name), ("found", f => f.Value), ("hint", f => f.Hint ?? ""));
        return Task.FromResult(findings.Any(f => f.State == FindingState.Problem) ? ExitCode.Failed : ExitCode.Done);
    }
}
