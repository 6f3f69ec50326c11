using System.Diagnostics;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

/// <summary>models pull ADDRESS as a person runs it: a process with an empty cache and a server that offers a published file.</summary>
public sealed class ModelsPullAddressTests : IDisposable
{
    private readonly byte[] _content = File.ReadAllBytes(Repository.RequireShared("models/tf_efficientnet_lite0.in1k/model.safetensors"));
    private readonly TemporaryFolder _home = new();
    private readonly FileServer _server;

    public ModelsPullAddressTests() => _server = new FileServer(_content);

    private string Address => new Uri(_server.Address, "tf_efficientnet_lite0.in1k/model.safetensors").ToString();

    private string Installed => _home.File("models/tf_efficientnet_lite0.in1k/model.safetensors");

    public void Dispose()
    {
        _server.Dispose();
        _home.Dispose();
    }

    [Fact]
    public void Pull_ConnectionThatBreaksOff_GoesOnAndInstallsTheCheckedFile()
    {
        _server.BreakAfter.Enqueue(1_000_000);
        var run = Run("models", "pull", Address);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.Trim().ShouldBe($"tf_efficientnet_lite0.in1k: {Installed}");
        File.ReadAllBytes(Installed).AsSpan().SequenceEqual(_content).ShouldBeTrue();
        _server.Requests.Count.ShouldBe(2);
        _server.Requests[1].ShouldContain("Range: bytes=1000000-");
        var check = Run("models", "verify", "tf_efficientnet_lite0", "--json");
        (check.ExitCode, check.Error).ShouldBe((ExitCode.Done, ""));
        check.Output.ShouldContain("\"problem\":null");
    }

    [Fact]
    public void Pull_StartedAgainAfterTheServerWentAway_AsksForTheRestOnly()
    {
        _server.BreakAfter.Enqueue(2_000_000);
        for (var i = 0; i < 4; i++) _server.BreakAfter.Enqueue(0);
        var first = Run("models", "pull", Address);
        (first.ExitCode, first.Output).ShouldBe((ExitCode.Failed, ""));
        first.Error.ShouldContain("2000000 bytes arrived and are kept");
        File.Exists(Installed).ShouldBeFalse();

        Run("models", "pull", Address).ExitCode.ShouldBe(ExitCode.Done);
        _server.Requests[^1].ShouldContain("Range: bytes=2000000-");
        File.ReadAllBytes(Installed).AsSpan().SequenceEqual(_content).ShouldBeTrue();
    }

    [Fact]
    public void Pull_OtherBytesThanPublished_IsRefusedAndKeepsNothing()
    {
        var altered = (byte[])_content.Clone();
        altered[^1] ^= 1;
        _server.Content = altered;
        var run = Run("models", "pull", Address);
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain(Address);
        run.Error.ShouldContain("SHA-256");
        run.Error.ShouldContain("7b91a2b0b37ebfed237a0f60d6f4a7a8efb0873a99e364b78e977554d09273a6");
        File.Exists(Installed).ShouldBeFalse();
    }

    private CommandLine Run(params string[] arguments)
    {
        var start = DotNetProgram.Start(typeof(CommandLineApp).Assembly.Location, arguments);
        start.Environment["CAPTIONTL_HOME"] = _home.Path;
        start.Environment.Remove("CAPTIONTL_MODELS");
        start.Environment.Remove("CAPTIONTL_OFFLINE");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
