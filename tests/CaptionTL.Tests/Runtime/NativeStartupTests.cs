using System.Diagnostics;
using System.Globalization;
using CaptionTL.Runtime;
using CaptionTL.Tests.Child;

namespace CaptionTL.Tests.Runtime;

public sealed class NativeStartupTests
{
    private const string MaxIsa = "ONEDNN_MAX_CPU_ISA";

    // As this machine is, and as one whose hypervisor hides the cache sizes is computed on.
    [Theory]
    [InlineData(null)]
    [InlineData("AVX")]
    public async Task Convolutions_InAChild_AreThoseOfDoublePrecisionAndSayNothing(string? limit)
    {
        var (output, error) = await RunAsync("convolutions", (MaxIsa, limit));

        var errors = output.Select(line => line.Split('\t'))
            .ToDictionary(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture));
        errors.Count.ShouldBe(16);
        // bf16 has 8 bits of precision: half a unit in the last place of a value of 4 deviations is 0.008.
        errors.ShouldAllBe(e => e.Value < (e.Key.Contains("BFloat16") ? 0.02 : 2e-4));
        error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Prepare_OnLinux_SetsWhatLibtorchReadsHereAndInChildren()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "nothing is prepared elsewhere");

        var (output, _) = await RunAsync("environment", ("OMP_WAIT_POLICY", null), ("TORCH_CPP_LOG_LEVEL", null));

        output.Count(line => line == "OMP_WAIT_POLICY=PASSIVE").ShouldBe(2);
        output.Count(line => line == "TORCH_CPP_LOG_LEVEL=ERROR").ShouldBe(2);
    }

    [Fact]
    public async Task Prepare_VariablesFromOutside_AreKept()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "nothing is prepared elsewhere");

        var (output, _) = await RunAsync("environment", ("OMP_WAIT_POLICY", "ACTIVE"), (MaxIsa, "AVX512_CORE"));

        output.Count(line => line == "OMP_WAIT_POLICY=ACTIVE").ShouldBe(2);
        output.Count(line => line == MaxIsa + "=AVX512_CORE").ShouldBe(2);
    }

    [Fact]
    public void Report_HiddenCaches_SaysWhatItMeans()
    {
        var finding = NativeStartup.Report(adapted: true, hidden: true, "AVX");

        finding.State.ShouldBe(FindingState.Good);
        finding.Value.ShouldContain("hypervisor hides the cache sizes from oneDNN");
        finding.Value.ShouldContain(CompatibleLibrary.Folder);
    }

    [Theory]
    [InlineData("AVX512_CORE_BF16")]
    [InlineData("AVX2")]
    public void Report_HiddenCachesWithAnotherLimit_WarnsWithAHint(string limit)
    {
        var finding = NativeStartup.Report(adapted: false, hidden: true, limit);

        finding.State.ShouldBe(FindingState.Warning);
        finding.Hint!.ShouldContain("Unset " + MaxIsa);
    }

    private static async Task<(IReadOnlyList<string> Output, string Error)> RunAsync(
        string command, params (string Name, string? Value)[] environment)
    {
        var start = DotNetProgram.Start(typeof(PixelEncoder).Assembly.Location, command);
        // This process has prepared itself already; the child begins without.
        foreach (var name in (string[])["OMP_WAIT_POLICY", "TORCH_CPP_LOG_LEVEL"]) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var child = Process.Start(start)!;
        var (output, error) = (child.StandardOutput.ReadToEndAsync(), child.StandardError.ReadToEndAsync());
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        child.ExitCode.ShouldBe(0, await error);
        return ((await output).Split('\n', StringSplitOptions.RemoveEmptyEntries), await error);
    }
}
