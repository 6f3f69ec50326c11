namespace CaptionTL.Cli.Tests;

public class InterruptionTests
{
    [Fact]
    public void Signal_First_AsksForAnOrderlyStop()
    {
        using var error = new StringWriter();
        var exits = new List<int>();
        using var interruption = new Interruption(error, exits.Add);
        interruption.Token.IsCancellationRequested.ShouldBeFalse();
        interruption.Signal();
        interruption.Token.IsCancellationRequested.ShouldBeTrue();
        exits.ShouldBeEmpty();
        error.ToString().ShouldContain("Ctrl-C again");
    }

    [Fact]
    public void Signal_Second_EndsAtOnce()
    {
        using var error = new StringWriter();
        var exits = new List<int>();
        using var interruption = new Interruption(error, exits.Add);
        interruption.Signal();
        interruption.Signal();
        exits.ShouldBe([ExitCode.Interrupted]);
    }
}
