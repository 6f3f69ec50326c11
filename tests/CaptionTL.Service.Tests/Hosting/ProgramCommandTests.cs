using CaptionTL.Service.Hosting;

namespace CaptionTL.Service.Tests.Hosting;

public class ProgramCommandTests
{
    [Fact]
    public void Of_Assembly_IsStartedByTheDotnetThatRuns()
    {
        var (file, arguments) = ProgramCommand.Of("/app/CaptionTL.Web.dll");
        Path.GetFileNameWithoutExtension(file).ShouldBe("dotnet");
        File.Exists(file).ShouldBeTrue();
        arguments.ShouldBe(["/app/CaptionTL.Web.dll"]);
    }

    [Fact]
    public void Of_AssemblyInASelfContainedFolder_IsStartedByItsExecutable() =>
        ProgramCommand.Of("/app/CaptionTL.Web.dll", runtime: "/app", program: "/app/")
            .ShouldBeEquivalentTo(new ProgramCommand(OperatingSystem.IsWindows() ? "/app/CaptionTL.Web.exe" : "/app/CaptionTL.Web", []));

    [Fact]
    public void Of_Executable_IsStartedItself() =>
        ProgramCommand.Of("/app/host").ShouldBeEquivalentTo(new ProgramCommand("/app/host", []));
}
