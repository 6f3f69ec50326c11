using System.Net;
using System.Net.Sockets;
using CaptionTL.Runtime;

namespace CaptionTL.Tests.Runtime;

public sealed class MachineCheckTests
{
    [Fact]
    public void Run_OnAMachineThatRunsTheTests_FindsNoProblem() =>
        MachineCheck.Run(cancellation: TestContext.Current.CancellationToken)
            .ShouldAllBe(f => f.State != FindingState.Problem && f.Value.Length > 0 && f.Name.Length > 0);

    [Fact]
    public void Run_WhereThePortIsTaken_SaysSoWithAHint()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var port = MachineCheck.Run(((IPEndPoint)taken.LocalEndpoint).Port, TestContext.Current.CancellationToken)
            .Single(f => f.Name == "port");

        port.State.ShouldBe(FindingState.Warning);
        port.Hint!.ShouldContain("serve --urls");
    }
}
