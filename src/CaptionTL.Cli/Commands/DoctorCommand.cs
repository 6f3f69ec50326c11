using System.CommandLine;
using CaptionTL.Runtime;

namespace CaptionTL.Cli.Commands;

/// <summary>captiontl doctor: whether this machine has what is needed, each part with a hint.</summary>
internal sealed class DoctorCommand : CliCommand
{
    private readonly Option<int> _port = new("--port") { Description = "Port that the service would use",
        DefaultValueFactory = _ => 8080 };

    public DoctorCommand() : base(
        "doctor", "Look at what this machine has: engine, speed, models, caches, space, each with a hint",
        "captiontl doctor",
        "captiontl doctor --json") => Add(_port);

    protected override Task<int> RunAsync(CommandRun run)
    {
        if (run.Get(_port) is < 1 or > 65535)
            throw new CaptionTLException(FormattableString.Invariant($"--port is {run.Get(_port)}; ports go from 1 to 65535."));
        var findings = MachineCheck.Run(run.Get(_port), run.CancellationToken).ToList();
        run.Output.WriteTable(
            findings, "nothing was looked at",
            ("", f => f.State switch { FindingState.Good => "ok", FindingState.Warning => "note", _ => "FAIL" }),
            ("part", f => f.Name), ("found", f => f.Value), ("hint", f => f.Hint ?? ""));
        return Task.FromResult(findings.Any(f => f.State == FindingState.Problem) ? ExitCode.Failed : ExitCode.Done);
    }
}
