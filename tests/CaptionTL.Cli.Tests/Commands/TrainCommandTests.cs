using System.Security.Cryptography;
using CaptionTL.IO;
using CaptionTL.Models;
using CaptionTL.Tests;
using CaptionTL.Training;
using CaptionTL.Weights;

namespace CaptionTL.Cli.Tests.Commands;

/// <summary>From images to a bundle and its scores, with the real encoder on the sample images.</summary>
[Collection(nameof(EngineCollection))]
public sealed class TrainCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-").FullName;
    private readonly string[] _common;

    public TrainCommandTests()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName;
        (string Image, string Caption, string Split)[] items =
        [
            ("astronaut.png", "A woman in an orange suit smiles .", "train"), ("chelsea.png", "A cat looks at the camera .", "train"),
            ("coffee.png", "A cup of coffee stands on a table .", "train"), ("rocket.jpg", "A rocket stands on its pad .", "val"),
        ];
        foreach (var (image, _, _) in items) File.Copy(Path.Combine(Repository.Samples, image), Path.Combine(data, image));
        var images = items.Select(i => $$"""
            {"filename": "{{i.Image}}", "split": "{{i.Split}}", "sentences": [{"raw": "{{i.Caption}}"}, {"raw": "{{i.Caption}}"}]}
            """);
        File.WriteAllText(Path.Combine(data, "dataset.json"), $$"""{"images": [{{string.Join(", ", images)}}], "dataset": "samples"}""");
        _common = ["--data", Path.Combine(data, "dataset.json"), "--cache", Path.Combine(_folder, "cache")];
    }

    private string Run => Path.Combine(_folder, "run");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Train_Samples_MakesABundleThatCaptionsAndIsScored()
    {
        Repository.UseWeights();
        var train = await CommandLine.RunAsync(["train", "--out", Run, .. _common, .. Small, "--json"]);
        train.ExitCode.ShouldBe(ExitCode.Done, train.Error);
        var bundle = train.JsonLines().ShouldHaveSingleItem().GetProperty("bundle").GetString()!;
        foreach (var file in (string[])["plan.resolved.json", "split.json", "vocab.txt", "metrics.jsonl", "samples/main-001.json",
            "checkpoints/best.safetensors"])
            File.Exists(Path.Combine(Run, file)).ShouldBeTrue(file);
        File.ReadAllText(Path.Combine(Run, "samples", "main-001.json")).ShouldContain("\"ciderD\": ");
        train.Error.ShouldContain("embed training images");
        train.Error.ShouldContain("dev images, epoch 2");
        train.Error.ShouldContain("dev images, before self-critical");

        var eval = await CommandLine.RunAsync(["eval", .. _common, "--model", bundle, "--split", "dev", "--json", "--coco-results",
            Path.Combine(_folder, "coco.json")]);
        eval.ExitCode.ShouldBe(ExitCode.Done, eval.Error);
        var scores = eval.JsonLines().ShouldHaveSingleItem();
        scores.GetProperty("images").GetInt32().ShouldBe(1);
        scores.GetProperty("bleu1").GetDouble().ShouldBeInRange(0, 1);
        File.ReadAllText(Path.Combine(_folder, "coco.json")).ShouldContain("image_id");

        var caption = await CommandLine.RunAsync("caption", Path.Combine(Repository.Samples, "coffee.png"), "--model", bundle);
        caption.ExitCode.ShouldBe(ExitCode.Done, caption.Error);
        ModelBundle.Open(bundle).Manifest.Data.TrainImages.ShouldBe(3);
    }

    [Fact]
    public async Task Train_CaptionFineTune_TrainsTheLastStagesWithTheDecoder()
    {
        Repository.UseWeights();
        var train = await CommandLine.RunAsync(["train", "--out", Run, "--plan", "caption+finetune", .. _common, .. Small, "--set",
            "phases[1].epochs=1", "--set", "phases[1].batchSize=2", "--json"]);
        train.ExitCode.ShouldBe(ExitCode.Done, train.Error);
        train.Error.ShouldContain("up to blocks.4");
        using (var best = SafetensorsFile.Open(Path.Combine(Run, "checkpoints", "last.safetensors")))
        {
            best.Names.ShouldContain(n => n.StartsWith("model.backbone.blocks.5.", StringComparison.Ordinal));
            best.Names.ShouldNotContain(n => n.StartsWith("model.backbone.blocks.4.", StringComparison.Ordinal));
            best.Names.ShouldContain(n => n.StartsWith("model.head.", StringComparison.Ordinal));
        }
        var caption = await CommandLine.RunAsync("caption", Path.Combine(Repository.Samples, "coffee.png"), "--model",
            Path.Combine(Run, "model.captiontl"));
        caption.ExitCode.ShouldBe(ExitCode.Done, caption.Error);
    }

    [Fact]
    public async Task Train_CaptionScst_TellsTheRewardAndKeepsTheBest()
    {
        Repository.UseWeights();
        var train = await CommandLine.RunAsync(["train", "--out", Run, "--plan", "caption+scst", .. _common, .. Small, "--set",
            "phases[1].epochs=1", "--set", "phases[1].batchSize=10", "--json"]);
        train.ExitCode.ShouldBe(ExitCode.Done, train.Error);
        train.Error.ShouldContain("dev images, before self-critical");
        train.Error.ShouldContain("reward ");
        var epochs = File.ReadAllLines(Path.Combine(Run, "metrics.jsonl")).Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement)
            .Where(l => l.GetProperty("kind").GetString() == "epoch").ToList();
        var ofPhase = epochs.Where(e => e.GetProperty("phase").GetString() == "self-critical").ToList();
        ofPhase.Select(e => e.GetProperty("epoch").GetInt32()).ShouldBe([0, 1]);
        ofPhase.ShouldAllBe(e => e.GetProperty("devReward").GetDouble() >= 0);
        ofPhase[1].GetProperty("reward").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        train.JsonLines().ShouldHaveSingleItem().GetProperty("scores").GetProperty("ciderD").GetDouble()
            .ShouldBe(epochs.Max(e => e.GetProperty("ciderD").GetDouble()));
    }

    [Fact]
    public async Task Train_LiveAugmentation_KeepsNoViewsInTheCache()
    {
        Repository.UseWeights();
        string[] live = ["train", "--out", Run, "--plan", "caption", .. _common, .. Small, "--set",
            "phases[0].augmentation={\"rotation\": 10}"];
        var train = await CommandLine.RunAsync(live);
        train.ExitCode.ShouldBe(ExitCode.Done, train.Error);
        File.ReadAllText(Path.Combine(Run, "plan.resolved.json")).ShouldContain("\"rotation\": 10");
        // Two views are asked for; only the three images themselves are there, and a dev image with its mirror image.
        var cache = await CommandLine.RunAsync("cache", "list", "--cache", Path.Combine(_folder, "cache"), "--json");
        cache.JsonLines().ShouldHaveSingleItem().GetProperty("embeddings").GetInt32().ShouldBe(3 + 2);
    }

    [Fact]
    public async Task Train_SameCommandAgain_ChangesNothing()
    {
        Repository.UseWeights();
        (await CommandLine.RunAsync(["train", "--out", Run, "--plan", "caption", .. _common, .. Small])).ExitCode.ShouldBe(ExitCode.Done);
        var before = Checkpoint();
        (await CommandLine.RunAsync(["train", "--out", Run, "--plan", "caption", .. _common, .. Small])).ExitCode.ShouldBe(ExitCode.Done);
        Checkpoint().ShouldBe(before);
    }

    [Fact]
    public async Task Train_FolderOfAnotherPlan_IsRefusedAndOverwriteBeginsAgain()
    {
        Repository.UseWeights();
        (await CommandLine.RunAsync(["train", "--out", Run, "--plan", "caption", .. _common, .. Small])).ExitCode.ShouldBe(ExitCode.Done);
        var before = Checkpoint();
        var refused = await CommandLine.RunAsync(["train", "--out", Run, "--plan", "caption", .. _common, .. Small, "--seed", "9"]);
        refused.ExitCode.ShouldBe(ExitCode.WrongUse);
        refused.Error.ShouldContain("--overwrite");
        Checkpoint().ShouldBe(before);
        (await CommandLine.RunAsync(["train", "--out", Run, "--plan", "caption", .. _common, .. Small, "--seed", "9",
            "--overwrite"])).ExitCode.ShouldBe(ExitCode.Done);
        Checkpoint().ShouldNotBe(before);
    }

    [Fact]
    public async Task Train_FolderWithSomethingElse_IsLeftAlone()
    {
        Directory.CreateDirectory(Run);
        File.WriteAllText(Path.Combine(Run, "letter.txt"), "mine");
        var run = await CommandLine.RunAsync(["train", "--out", Run, "--plan", "caption", .. _common, .. Small]);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("holds no run");
        Directory.EnumerateFileSystemEntries(Run).Count().ShouldBe(1);
    }

    [Fact]
    public async Task Train_FolderOfAStartKilledBeforeItsPlanWasInPlace_Begins()
    {
        Repository.UseWeights();
        Directory.CreateDirectory(Run);
        File.WriteAllText(Path.Combine(Run, $".{RunFolder.PlanFile}.{Guid.NewGuid():N}.captiontl-tmp"), "{");
        var run = await CommandLine.RunAsync(["train", "--out", Run, "--plan", "caption", .. _common, .. Small]);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Directory.EnumerateFiles(Run, "*.captiontl-tmp").ShouldBeEmpty();
    }

    [Fact]
    public async Task Train_Blind_IsSaidAndRecorded()
    {
        Repository.UseWeights();
        var data = Path.Combine(_folder, "classes");
        foreach (var (path, sample) in ((string, string)[])[("train/a/1.png", "chelsea.png"), ("train/b/2.png", "coffee.png"),
            ("val/a/3.png", "astronaut.png"), ("val/b/4.jpg", "rocket.jpg")])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(data, path))!);
            File.Copy(Path.Combine(Repository.Samples, sample), Path.Combine(data, path));
        }
        string[] train = ["train", "--data", data, "--out", Run, "--cache", Path.Combine(_folder, "cache"), "--plan", "features+dense",
            "--views", "1", "--set", "phases[0].epochs=2", "--blind"];
        var run = await CommandLine.RunAsync(train);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("shuffled-image baseline");
        File.ReadAllText(Path.Combine(Run, "plan.resolved.json")).ShouldContain("\"blind\": true");
        using (var bundle = ModelBundle.Open(Path.Combine(Run, "model.captiontl")))
        {
            bundle.Manifest.Plan.Blind.ShouldBeTrue();
            System.Text.Encoding.UTF8.GetString(bundle.Read(ModelBundle.CardEntry)).ShouldContain("**Trained blind**");
        }
        var json = (await CommandLine.RunAsync([.. train, "--json"])).JsonLines().ShouldHaveSingleItem();
        json.GetProperty("blind").GetBoolean().ShouldBeTrue();
        json.GetProperty("data").GetProperty("train_images").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Train_UnknownBackbone_ListsNearMatches()
    {
        var run = await CommandLine.RunAsync(["train", "--out", Run, .. _common, "--backbone", "resnet51"]);
        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("resnet50");
    }

    [Fact]
    public async Task Embed_Twice_ComputesOnce()
    {
        Repository.UseWeights();
        var first = (await CommandLine.RunAsync(["embed", .. _common, "--views", "2", "--json"])).JsonLines().ShouldHaveSingleItem();
        (first.GetProperty("images").GetInt32(), first.GetProperty("computed").GetInt32()).ShouldBe((4, 8));
        var second = (await CommandLine.RunAsync(["embed", .. _common, "--views", "2", "--json"])).JsonLines().ShouldHaveSingleItem();
        second.GetProperty("computed").GetInt32().ShouldBe(0);
    }

    private static string[] Small =>
        ["--views", "2", "--set", "phases[0].epochs=2", "--set", "head.hidden=16", "--set", "head.minimumWordFrequency=1"];

    private string Checkpoint() =>
        Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(Run, "checkpoints", "best.safetensors"))));
}
