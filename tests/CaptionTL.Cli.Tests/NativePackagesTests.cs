using System.Text.Json;

namespace CaptionTL.Cli.Tests;

/// <summary>Which libtorch the library is built with: the project is evaluated, nothing is restored.</summary>
public sealed class NativePackagesTests
{
    private const string Library = "src/CaptionTL/CaptionTL.csproj";

    [Theory]
    [InlineData("cpu", "linux-x64", "TorchSharp", "libtorch-cpu-linux-x64")]
    [InlineData("cpu", "win-x64", "TorchSharp", "libtorch-cpu-win-x64")]
    [InlineData("cpu", "osx-arm64", "TorchSharp", "libtorch-cpu-osx-arm64")]
    [InlineData("cuda", "linux-x64", "TorchSharp-cuda-linux")]
    [InlineData("cuda", "win-x64", "TorchSharp-cuda-windows")]
    public async Task PackageReference_DeviceAndSystem_IsTheLibtorchOfThatSystemAlone(
        string device, string system, params string[] expected)
    {
        var (exit, output) = await ProjectEvaluation.RunAsync(Library, "-getItem:PackageReference", "-getItem:PackageVersion",
            $"-p:CaptionDevice={device}", $"-p:RuntimeIdentifier={system}");

        exit.ShouldBe(0, output);
        using var items = JsonDocument.Parse(output);
        Names(items, "PackageReference").Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase))
            .ShouldBe(expected, ignoreOrder: true);
        expected.ShouldBeSubsetOf(Names(items, "PackageVersion"));
    }

    [Theory]
    [InlineData("cpu", "linux-arm64", "for linux-arm64; there is one for linux-x64, win-x64, win-arm64, osx-arm64")]
    [InlineData("cuda", "osx-arm64", "for osx-arm64; there is one for linux-x64, win-x64")]
    [InlineData("tpu", "linux-x64", "there are 'cpu' and 'cuda'")]
    public async Task Restore_NoSuchLibtorch_IsRefusedWithWhatThereIs(string device, string system, string said)
    {
        var (exit, output) = await ProjectEvaluation.RunAsync(Library, "-t:RefuseUnknownDevice",
            $"-p:CaptionDevice={device}", $"-p:RuntimeIdentifier={system}");

        exit.ShouldNotBe(0);
        output.ShouldContain(said);
    }

    private static List<string> Names(JsonDocument items, string kind) =>
        [.. items.RootElement.GetProperty("Items").GetProperty(kind)
            .EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
}
