using CaptionTL.Service.Jobs;

namespace CaptionTL.Service.Tests.Jobs;

public sealed class JobProgramTests
{
    private const string Program = "/app/CaptionTL.Cli.dll";

    [Fact]
    public void Start_InAProgramOfAnother_IsTheOneBesideIt()
    {
        var start = JobProgram.Start(null, "/jobs/1");
        Path.GetFileNameWithoutExtension(start.FileName).ShouldBe("dotnet");
        File.Exists(start.FileName).ShouldBeTrue();
        start.ArgumentList.ShouldBe([Path.Combine(AppContext.BaseDirectory, "CaptionTL.Cli.dll"), "job", "/jobs/1"]);
    }

    [Fact]
    public void Command_ProgramThatDotnetRuns_IsStartedByDotnetAgain() =>
        JobProgram.Command(Program, running: Program, process: "/usr/bin/dotnet").ShouldBe(["/usr/bin/dotnet", Program]);

    // A self-contained folder has no dotnet, and its executable another name than the assembly.
    [Fact]
    public void Command_ProgramThatItsExecutableRuns_IsStartedByItAgain() =>
        JobProgram.Command(Program, running: Program, process: "/app/captiontl").ShouldBe(["/app/captiontl"]);

    [Fact]
    public void Command_Executable_IsStartedItself() =>
        JobProgram.Command("/app/host", running: Program, process: "/app/captiontl").ShouldBe(["/app/host"]);
}
