using CaptionTL.Images;
using CaptionTL.Tests.Datasets;
using CaptionTL.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Training;

[Collection(nameof(TorchCollection))]
public class FolderImagesTests
{
    private static readonly Preprocessing Small = new() { Height = 32, Width = 24, Mean = [0.5f, 0.4f, 0.3f], Std = [0.2f, 0.3f, 0.4f] };

    [Fact]
    public void InOrder_ImagesOfTwoClasses_AreNormalisedAndLabelled()
    {
        using var data = new DatasetFolder().Images("ants/1.jpg", "ants/2.jpg", "bees/1.jpg");
        var prepared = new Preprocessor(Small).Prepare(File.ReadAllBytes(Path.Combine(data.Root, "bees/1.jpg")));
        var images = new FolderImages(data.Root, Small) { BatchSize = 2 };

        var batches = images.InOrder()
            .Select(b => (b.Inputs.shape, Pixels: b.Inputs.contiguous().data<float>().ToArray(), Labels: b.Labels.data<long>().ToArray(),
            b.Ids)).ToList();

        batches.Select(b => b.Ids.Count).ShouldBe([2, 1]);
        batches.SelectMany(b => b.Labels).ShouldBe([0L, 0L, 1L]);
        batches[1].shape.ShouldBe([1, 3, 32, 24]);
        for (var channel = 0; channel < 3; channel++)
            batches[1].Pixels[channel * 32 * 24 + 100]
                .ShouldBe((prepared.Pixels[100 * 3 + channel] / 255f - Small.Mean[channel]) / Small.Std[channel], 1e-5);
    }

    [Fact]
    public void Epoch_SameSeed_GivesTheSameOrderAndPixels_AnotherEpochOthers()
    {
        using var data = new DatasetFolder()
            .Images([.. Enumerable.Range(0, 20).Select(i => $"{(i % 2 == 0 ? "ants" : "bees")}/{i}.jpg")]);
        FolderImages New(ulong seed) => new(data.Root, Small) { BatchSize = 20, Seed = seed, Augmentation = new Augmentation() };
        (IReadOnlyList<string> Ids, float[] Pixels) Read(ulong seed, int epoch) =>
            New(seed).Epoch(epoch).Select(b => (b.Ids, b.Inputs.contiguous().data<float>().ToArray())).Single();

        var (ids, pixels) = Read(1, 0);
        Read(1, 0).Ids.ShouldBe(ids);
        Read(1, 0).Pixels.ShouldBe(pixels);
        Read(1, 1).Ids.ShouldNotBe(ids);
        Read(1, 1).Ids.ShouldBe(ids, ignoreOrder: true);
        Read(2, 0).Ids.ShouldNotBe(ids);
        ids.SequenceEqual(ids.Order(StringComparer.Ordinal)).ShouldBeFalse();
        var again = Read(1, 1);
        var position = again.Ids.ToList().IndexOf(ids[0]);
        again.Pixels.AsSpan(position * 3 * 32 * 24, 3 * 32 * 24).SequenceEqual(pixels.AsSpan(0, 3 * 32 * 24)).ShouldBeFalse();
    }

    [Fact]
    public void Epoch_UnreadableImage_IsLeftOutAndNamed()
    {
        using var data = new DatasetFolder().Images("ants/1.jpg", "bees/1.jpg").Text("bees/2.jpg", "no image");
        var images = new FolderImages(data.Root, Small);

        images.Epoch(0).Sum(b => b.Ids.Count).ShouldBe(2);

        images.Skipped.Select(s => s.Id).ShouldBe(["bees/2.jpg"]);
    }

    [Fact]
    public void Epoch_NoReadableImage_SaysWhy()
    {
        using var data = new DatasetFolder().Text("ants/1.jpg", "no image").Text("bees/2.jpg", "none either");
        Should.Throw<CaptionTLException>(() => new FolderImages(data.Root, Small).Epoch(0).Count()).Message.ShouldContain("ants/1.jpg");
    }

    [Fact]
    public void Epoch_LeftEarly_FreesItsTensors()
    {
        using var data = new DatasetFolder().Images("ants/1.jpg", "ants/2.jpg", "bees/1.jpg", "bees/2.jpg");
        var images = new FolderImages(data.Root, Small) { BatchSize = 1 };
        LabelledBatch? kept = null;
        foreach (var batch in images.Epoch(0))
        {
            kept = batch;
            break;
        }
        kept!.Inputs.IsInvalid.ShouldBeTrue();
    }

    [Fact]
    public void InOrder_OneSplit_GivesItsImagesOnly()
    {
        using var data = new DatasetFolder().Images("train/ants/1.jpg", "train/bees/1.jpg", "val/ants/2.jpg", "val/bees/2.jpg");
        var images = new FolderImages(data.Root, Small) { Split = CaptionTL.Datasets.Split.Train };

        images.InOrder().SelectMany(b => b.Ids).ShouldBe(["train/ants/1.jpg", "train/bees/1.jpg"], ignoreOrder: true);
    }
}
