using System.CommandLine;
using CaptionTL.Cli.Commands;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests;

/// <summary>
/// The help of every command, word for word as in the folder Help. After a wanted change: run these tests with
/// CAPTIONTL_UPDATE_HELP=1 and read the difference before committing it.
/// </summary>
public class HelpTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "CaptionTL.Cli.Tests", "Help");

    public static TheoryData<string> Commands => [.. Paths(CommandLineApp.CreateRoot(), "")];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_EveryCommand_ReadsAsRecorded(string path)
    {
        var run = await CommandLine.RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        (run.ExitCode, run.Error).ShouldBe((ExitCode.Done, ""));
        var help = string.Join('\n', run.Output.Split('\n').Select(line => line.TrimEnd()));
        var file = FileOf(path);
        if (Environment.GetEnvironmentVariable("CAPTIONTL_UPDATE_HELP") == "1")
            await File.WriteAllTextAsync(file, help, TestContext.Current.CancellationToken);
        help.ShouldBe(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Help_Folder_HoldsNoCommandThatIsGone() =>
        Directory.EnumerateFiles(Folder).Order().ShouldBe(Paths(CommandLineApp.CreateRoot(), "").Select(FileOf).Order());

    [Fact]
    public void Commands_All_HaveExamplesThatParse()
    {
        foreach (var command in Descendants(CommandLineApp.CreateRoot()).OfType<CliCommand>())
        {
            command.Examples.ShouldNotBeEmpty(command.Name);
            foreach (var example in command.Examples)
            {
                example.ShouldStartWith("captiontl ");
                var words = example.Split(" | ")[0].Split(" > ")[0].Split(' ')[1..];
                CommandLineApp.CreateRoot().Parse(words).Errors.ShouldBeEmpty(example);
            }
        }
    }

    private static string FileOf(string path) => Path.Combine(Folder, (path.Length == 0 ? "captiontl" : path.Replace(' ', '-')) + ".txt");

    private static IEnumerable<string> Paths(Command command, string path) =>
        command.Subcommands.SelectMany(sub => Paths(sub, $"{path} {sub.Name}".Trim())).Prepend(path);

    private static IEnumerable<Command> Descendants(Command command) => command.Subcommands.SelectMany(Descendants).Prepend(command);
}
