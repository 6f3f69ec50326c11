using System.Runtime.InteropServices;
using System.Text.Json;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests;

/// <summary>What dotnet publish puts into a folder, and dotnet pack into a tool, as the project says itself: nothing is copied.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task Publish_CommandLine_HasItsModelsNoticesAndNativeLibraries()
    {
        const string Project = "src/CaptionTL.Cli/CaptionTL.Cli.csproj";
        var built = Path.Combine(Repository.Root, "src", "CaptionTL.Cli", "bin", "Release", "net10.0", "CaptionTL.Cli.dll");
        Assert.SkipUnless(File.Exists(built), "there is no Release build to be published");
        var (exit, output) = await ProjectEvaluation.RunAsync(Project, "-t:ResolveReferences;ComputeResolvedFilesToPublishList",
            "-p:Configuration=Release", "-p:BuildProjectReferences=false",
            "-getItem:ResolvedFileToPublish", "-getProperty:PackAsTool", "-getProperty:ToolCommandName", "-getProperty:AssemblyName");
        exit.ShouldBe(0, output);
        using var evaluated = JsonDocument.Parse(output);

        var files = evaluated.RootElement.GetProperty("Items").GetProperty("ResolvedFileToPublish").EnumerateArray()
            .Select(file => file.GetProperty("RelativePath").GetString()!.Replace('\\', '/')).ToList();
        var models = Directory.EnumerateFiles(Path.Combine(Repository.Root, "datasets", "models"), "*.captiontl")
            .Select(path => $"models/{Path.GetFileName(path)}").ToList();
        models.ShouldNotBeEmpty();
        foreach (var name in (string[])["CaptionTL.dll", "LICENSE", "NOTICE", .. models]) files.ShouldContain(name);
        // torch_cpu.dll, libtorch_cpu.so, libtorch_cpu.dylib
        foreach (var library in (string[])["torch_cpu", "LibTorchSharp", "onnxruntime", "e_sqlite3"])
            files.ShouldContain(file => file.StartsWith($"runtimes/{RuntimeInformation.RuntimeIdentifier}/native/") &&
                Path.GetFileNameWithoutExtension(file).EndsWith(library));
        files.Where(file => file.Contains("torch_cpu")).ShouldHaveSingleItem();

        var properties = evaluated.RootElement.GetProperty("Properties");
        var tool = ((string[])["PackAsTool", "ToolCommandName", "AssemblyName"]).Select(name => properties.GetProperty(name).GetString());
        tool.ShouldBe(["true", "captiontl", "CaptionTL.Cli"]);
    }
}
