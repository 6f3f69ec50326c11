namespace CaptionTL.Cli.Tests.Commands;

public sealed class DoctorCommandTests
{
    [Fact]
    public async Task Doctor_OfThisMachine_FindsEveryPart()
    {
        var result = await CommandLine.RunAsync("doctor");

        result.ExitCode.ShouldBe(ExitCode.Done);
        foreach (var part in (string[])["engine", "matrix products", "images", "models", "free space", "port"])
            result.Output.ShouldContain(part);
    }

    [Fact]
    public async Task Doctor_WithAPortThatIsNone_IsWrongUse() =>
        (await CommandLine.RunAsync("doctor", "--port", "70000")).ExitCode.ShouldBe(ExitCode.WrongUse);
}
