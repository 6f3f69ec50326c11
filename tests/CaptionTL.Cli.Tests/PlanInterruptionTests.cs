using System.Diagnostics;
using CaptionTL.Models;
using CaptionTL.Tests;
using CaptionTL.Training.Plans;

namespace CaptionTL.Cli.Tests;

/// <summary>
/// Every named plan as a process that is ended while it works: the same command goes on, and its model is the same to the bit.
/// </summary>
public sealed class PlanInterruptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Plans => [.. PlanPresets.All.Select(p => p.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Train_EndedWhileItWorks_GoesOnToTheSameBits(string plan)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals");
        Repository.UseWeights();
        var preset = PlanPresets.Find(plan);
        string[] kind = preset.Head.Task == "classify" ? ["--classes"] : [];
        (await CommandLine.RunAsync(["data", "generate", _folder.File("data"), "--images", "40", "--side", "64",
            .. kind])).ExitCode.ShouldBe(ExitCode.Done);
        (await TrainAsync(preset, plan, "whole")).ShouldBe(ExitCode.Done);

        var random = new Random(3);
        // Terminate ends as Ctrl-C does: the step is finished and saved
        foreach (var end in (Action<Process>[])[Kill, DotNetProgram.Terminate, Kill])
            await TrainAsync(preset, plan, "ended", end, TimeSpan.FromMilliseconds(random.Next(600, 3000)));
        (await TrainAsync(preset, plan, "ended")).ShouldBe(ExitCode.Done);

        using var whole = ModelBundle.Open(_folder.File("whole/model.captiontl"));
        using var ended = ModelBundle.Open(_folder.File("ended/model.captiontl"));
        var entries = whole.Manifest.Files.Keys.Where(entry => entry.EndsWith(".safetensors", StringComparison.Ordinal)
            || entry.EndsWith(".txt", StringComparison.Ordinal)).ToList();
        entries.Count.ShouldBeGreaterThan(2);
        foreach (var entry in entries) ended.Read(entry).ShouldBe(whole.Read(entry), entry);
        ended.Manifest.Scores!.Values.ShouldBe(whole.Manifest.Scores!.Values);
    }

    private static void Kill(Process process) => process.Kill();

    /// <param name="end">What ends the process, once <paramref name="after"/> has passed and it is still at work.</param>
    private async Task<int> TrainAsync(TransferPlan preset, string plan, string run, Action<Process>? end = null, TimeSpan after = default)
    {
        string[] settings =
            [.. preset.Phases.SelectMany((_, i) => (string[])["--set", $"phases[{i}].epochs=3", "--set", $"phases[{i}].batchSize=10"])];
        if (preset.Head.Task == "caption") settings = [.. settings, "--set", "head.hidden=16", "--set", "head.minimumWordFrequency=1"];
        using var process = Process.Start(DotNetProgram.Start(
            typeof(CommandLineApp).Assembly.Location,
            ["train", "--data", _folder.File("data"), "--plan", plan, "--views", "1", .. settings, "--out", _folder.File(run), "--cache",
                _folder.File($"cache-{run}")]))!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (end is not null)
        {
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(after));
            end(process);
        }
        await process.WaitForExitAsync();
        if (end is null) process.ExitCode.ShouldBe(ExitCode.Done, string.Join("\n", await said));
        return process.ExitCode;
    }
}
