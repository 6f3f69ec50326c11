using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

public sealed class DataGenerateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Generate_ThenCheck_FindsWhatWasDrawn()
    {
        var folder = _folder.File("shapes");

        (await CommandLine.RunAsync("data", "generate", folder, "--images", "10", "--side", "32")).ExitCode.ShouldBe(ExitCode.Done);

        var report = (await CommandLine.RunAsync("data", "check", folder, "--json")).JsonLines().ShouldHaveSingleItem();
        report.GetProperty("images").GetInt32().ShouldBe(10);
    }

    [Fact]
    public async Task Generate_OfTooFewImages_IsWrongUse() =>
        (await CommandLine.RunAsync("data", "generate", _folder.File("few"), "--images", "1")).ExitCode.ShouldBe(ExitCode.WrongUse);
}
