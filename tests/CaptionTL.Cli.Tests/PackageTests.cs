using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests;

/// <summary>What dotnet pack makes of the build that is tested.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pack_CommandLine_IsAToolWithItsBridgeModelAndNotices()
    {
        var project = Path.Combine(Repository.Root, "src", "CaptionTL.Cli");
        Assert.SkipUnless(File.Exists(Path.Combine(project, "bin", "Release", "net10.0", "CaptionTL.Cli.dll")), "there is no Release build to be packed");
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        // A publish folder of its own: the usual one may hold files of earlier builds, which would be packed.
        var start = new ProcessStartInfo(dotnet, ["pack", project, "-c", "Release", "--no-build", "--no-restore", "-v", "q", "--nologo", "-o", _folder.Path, $"-p:PublishDir={_folder.File("publish")}/"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await output + await error);

        using var package = await ZipFile.OpenReadAsync(Directory.EnumerateFiles(_folder.Path, "CaptionTL.Cli.*.nupkg").ShouldHaveSingleItem(), TestContext.Current.CancellationToken);
        const string Tool = "tools/net10.0/any/";
        var names = package.Entries.Select(e => e.FullName).ToList();
        var models = Directory.EnumerateFiles(Path.Combine(Repository.Root, "datasets", "models"), "*.captiontl").Select(path => $"models/{Path.GetFileName(path)}").ToList();
        models.ShouldNotBeEmpty();
        foreach (var name in (string[])["CaptionTL.Cli.dll", "CaptionTL.Cli.runtimeconfig.json", "CaptionTL.dll", "LICENSE", "NOTICE", .. models]) names.ShouldContain(Tool + name);
        if (File.Exists(Path.Combine(project, "bin", "Release", "net10.0", "captiontl_torch.so"))) names.ShouldContain(Tool + "captiontl_torch.so");
        using var settings = new StreamReader(await package.GetEntry(Tool + "DotnetToolSettings.xml")!.OpenAsync(TestContext.Current.CancellationToken));
        (await settings.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("Name=\"captiontl\" EntryPoint=\"CaptionTL.Cli.dll\"");
    }
}
