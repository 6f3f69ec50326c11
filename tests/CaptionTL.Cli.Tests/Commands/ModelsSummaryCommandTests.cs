using System.Text.RegularExpressions;
using CaptionTL.Backbones;

namespace CaptionTL.Cli.Tests.Commands;

[Collection(nameof(EngineCollection))]
public class ModelsSummaryCommandTests
{
    [Fact]
    public async Task Summary_Cut_FreezesUpToItAndGivesTheEmbedding()
    {
        var run = await CommandLine.RunAsync("models", "summary", "resnet18", "--input", "3x64x96", "--cut", "layer2");
        (run.ExitCode, run.Error).ShouldBe((ExitCode.Done, ""));
        run.Output.ShouldBe("""
            resnet18, input 3 × 64 × 96

            block   output        parameters  multiply-adds  embedding  state
            stem    64 × 16 × 24  9,536       14.5 M         48.0 KiB   frozen
            layer1  64 × 16 × 24  147,968     56.6 M         48.0 KiB   frozen
            layer2  128 × 8 × 12  525,568     50.3 M         24.0 KiB   frozen
            layer3  256 × 4 × 6   2,099,712   50.3 M         12.0 KiB   trainable
            layer4  512 × 2 × 3   8,393,728   50.3 M         6.0 KiB    trainable
            top     1000          513,000     512 k          –          trainable

            parameters     11,689,512, trainable 11,006,440, frozen 683,072
            multiply-adds  223 M an image
            weights        44.6 MiB
            embedding      24.0 KiB an image at layer2 (256 B pooled), fp16

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Summary_Tree_HasEveryLayerIndented()
    {
        var run = await CommandLine.RunAsync("models", "summary", "resnet18", "--input", "1x40x40", "--no-top", "--tree");
        run.ExitCode.ShouldBe(ExitCode.Done);
        // Indentation kept, columns one space apart.
        var lines = run.Output.Split('\n').Select(line => Regex.Replace(line, @"(?<=\S) +", " ")).ToList();
        lines.ShouldContain("layer2 Sequential 128 × 5 × 5 525,568 13.1 M trainable");
        lines.ShouldContain("  0 BasicBlock 128 × 5 × 5 230,144 5.73 M trainable");
        lines.ShouldContain("      1 BatchNorm2d 128 × 5 × 5 256 0 trainable");
        lines.ShouldNotContain(line => line.StartsWith("fc"));
    }

    [Fact]
    public async Task Summary_Json_IsOneObjectInBytesAndNumbers()
    {
        var run = await CommandLine.RunAsync("models", "summary", "resnet18", "--input", "64", "--classes", "3", "--json");
        var report = run.JsonLines().ShouldHaveSingleItem();
        report.GetProperty("input").EnumerateArray().Select(n => n.GetInt32()).ShouldBe([3, 64, 64]);
        report.GetProperty("parameters").GetInt64().ShouldBe(11_689_512 - 997 * 513);
        report.GetProperty("cut").GetProperty("embedding_bytes").GetInt64().ShouldBe(2 * 512 * 2 * 2);
        report.GetProperty("rows").EnumerateArray().Last().GetProperty("output_shape").EnumerateArray().Single().GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task Summary_NameOfWeights_MeansTheirArchitecture()
    {
        var run = await CommandLine.RunAsync("models", "summary", BackboneRegistry.FindWeights("resnet18").Name, "--input", "32");
        run.Output.ShouldStartWith("resnet18, input 3 × 32 × 32");
    }

    [Theory]
    [InlineData("resnet18", "--input", "3x0x4", "3x224x224")]
    [InlineData("resnet18", "--input", "1x2x3x4", "3x224x224")]
    [InlineData("resnet18", "--input", "99999", "2048")]
    [InlineData("resnet18", "--cut", "layer9", "stem, layer1")]
    [InlineData("resnet18", "--classes", "0", "at least one class")]
    [InlineData("resnet1", "--classes", "5", "resnet18")]
    public async Task Summary_WrongUse_SaysWhatToDo(string name, string option, string value, string hint)
    {
        var run = await CommandLine.RunAsync("models", "summary", name, option, value);
        (run.ExitCode, run.Output).ShouldBe((ExitCode.WrongUse, ""));
        run.Error.ShouldContain(hint);
    }
}
