using System.Diagnostics;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests;

public class CommandLineAppTests
{
    [Fact]
    public async Task RunAsync_NoWords_ShowsHelpOnStandardErrorAndIsWrongUse()
    {
        var run = await CommandLine.RunAsync();
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain("Usage:\n  captiontl [command] [options]");
    }

    [Theory]
    [InlineData("modls", "models")]
    [InlineData("models inspcet", "inspect")]
    public async Task RunAsync_MistypedCommand_NamesTheNearOne(string words, string near)
    {
        var run = await CommandLine.RunAsync(words.Split(' '));
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.Split('\n').ShouldContain(near);
        run.Error.ShouldContain("--help");
    }

    [Theory]
    [InlineData("models inspect", "Required argument 'FILE' missing")]
    [InlineData("models inspect a b", "'b'")]
    [InlineData("models inspect a --nosuch", "'--nosuch'")]
    public async Task RunAsync_WrongArguments_SaysWhichAndIsWrongUse(string words, string what)
    {
        var run = await CommandLine.RunAsync(words.Split(' '));
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain(what);
        run.Error.ShouldContain("See: captiontl models inspect --help");
    }

    [Theory]
    [InlineData(true, ExitCode.WrongUse)]
    [InlineData(false, ExitCode.Failed)]
    public void Explain_FailureForTheReader_IsItsMessageAlone(bool isInput, int code)
    {
        using var error = new StringWriter { NewLine = "\n" };
        CommandLineApp.Explain(new CaptionTLException("captions.csv, line 3: no caption", isInput), error, debug: false).ShouldBe(code);
        error.ToString().ShouldBe("captiontl: captions.csv, line 3: no caption\n");
    }

    [Fact]
    public void Explain_FaultOfTheProgram_SaysHowToReportAndHidesTheTrace()
    {
        using var error = new StringWriter { NewLine = "\n" };
        CommandLineApp.Explain(Thrown(), error, debug: false).ShouldBe(ExitCode.Failed);
        error.ToString().ShouldContain("unexpected InvalidOperationException: index is 7");
        error.ToString().ShouldContain("CAPTIONTL_DEBUG=1");
        error.ToString().ShouldNotContain("   at ");

        using var debug = new StringWriter { NewLine = "\n" };
        CommandLineApp.Explain(Thrown(), debug, debug: true).ShouldBe(ExitCode.Failed);
        debug.ToString().ShouldContain($"   at {typeof(CommandLineAppTests).FullName}.{nameof(Thrown)}");
    }

    [Fact]
    public async Task Process_BadInput_EndsWithTwoAndKeepsStandardOutputEmpty()
    {
        using var process =
            Process.Start(DotNetProgram.Start(typeof(CommandLineApp).Assembly.Location, "models", "inspect", "/no/such/file", "--json"))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        (process.ExitCode, await output).ShouldBe((ExitCode.WrongUse, ""));
        (await error).ShouldBe("captiontl: /no/such/file: no such file\n");
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("index is 7");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}
