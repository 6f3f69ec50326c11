using System.Diagnostics;
using CaptionTL.Tests.Child;

namespace CaptionTL.Tests;

/// <summary>Another process that embeds or trains; gone with the test.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    public ChildProcess(params string[] arguments) =>
        _process = Process.Start(DotNetProgram.Start(typeof(PixelEncoder).Assembly.Location, arguments))!;

    /// <summary>Waits until it begins to work.</summary>
    public void WaitUntilItGoes()
    {
        var line = _process.StandardOutput.ReadLine();
        if (line != "go") throw new InvalidOperationException($"the child said '{line}': {_process.StandardError.ReadToEnd()}");
    }

    /// <summary>Waits until it has computed so many batches or steps, or all there are.</summary>
    public void WaitForBatches(int count)
    {
        for (var i = 0; i < count && _process.StandardOutput.ReadLine() == "batch"; i++) { }
    }

    /// <summary>Waits until something is so, or the process has come to its end.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        while (!condition() && !_process.HasExited) Thread.Sleep(1);
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits for a good end.</summary>
    /// <returns>What it said since it began.</returns>
    public string Finish()
    {
        var output = _process.StandardOutput.ReadToEnd();
        var errors = _process.StandardError.ReadToEnd();
        _process.WaitForExit();
        _process.ExitCode.ShouldBe(0, errors);
        return output;
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
