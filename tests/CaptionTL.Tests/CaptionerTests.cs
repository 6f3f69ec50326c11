using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.Datasets;
using CaptionTL.Embeddings;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Runtime;

namespace CaptionTL.Tests;

/// <summary>The model that comes with the program, on the sample images.</summary>
[Collection(nameof(TorchCollection))]
public class CaptionerTests
{
    private static readonly string[] Samples = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"];

    [Fact]
    public void Describe_Samples_GivesFourDifferentSentences()
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var sentences = Samples.Select(name => captioner.Describe(Image(name)).Text).ToList();
        sentences.Distinct().Count().ShouldBe(4, string.Join(" | ", sentences));
        foreach (var sentence in sentences)
        {
            sentence.ShouldMatch("^[A-Z].*\\.$");
            sentence.Split(' ').Length.ShouldBeInRange(4, 25, sentence);
        }
    }

    [Theory]
    [InlineData("chelsea.png", "cat")]
    [InlineData("coffee.png", "coffee")]
    public void Describe_WhatTheNetworkKnowsAndTheDecoderDoesNot_IsNamed(string name, string word)
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var options = captioner.Manifest.Decoding!;
        options.CheckLabels.ShouldBeTrue();
        Said(options).ShouldContain(word);
        Said(options with { CheckLabels = false }).ShouldNotContain(word);

        IReadOnlyList<string> Said(DecodingOptions how) => captioner.Describe(Image(name), how).Captions[0].Words;
    }

    [Fact]
    public void Describe_WhatTheNetworkKnowsIsLongerThanTheCaptionMayBe_IsLeftAsItWasWritten()
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var options = captioner.Manifest.Decoding! with { MaxLength = 4, NBest = 2 }; // "a cup of coffee" and no word more
        var captions = captioner.Describe(Image("coffee.png"), options).Captions;
        captions.Count.ShouldBe(2);
        captions.Select(c => c.Text)
            .ShouldBe(captioner.Describe(Image("coffee.png"), options with { CheckLabels = false }).Captions.Select(c => c.Text));
    }

    [Fact]
    public void Describe_WithAlternatives_EndsNoneInTheMiddle()
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        string[] inner = [.. captioner.Manifest.InnerWords!];
        foreach (var word in (string[])["a", "the", "with", "large"]) inner.ShouldContain(word);
        foreach (var (name, beam) in Samples.SelectMany(name => new[] { 3, 8, 20 }.Select(beam => (name, beam))))
            captioner.Describe(Image(name), captioner.Manifest.Decoding! with { Beam = beam, NBest = beam }).Captions.ShouldAllBe(c =>
                !inner.Contains(c.Words[c.Words.Count - 1]));
    }

    [Fact]
    public void Load_BFloat16OnTheProcessor_IsRefused() =>
        Should.Throw<CaptionTLException>(() => Captioner.Load(InstalledModels.Find(null), Precision.BFloat16))
            .Message.ShouldContain("fp32");

    [Fact]
    public void Encode_FourThreadsAtOnce_GivesWhatOneGives()
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var images = Samples.Select(name => captioner.Preprocessor.Prepare(Image(name))).ToList();
        Half[] One(RgbImage image)
        {
            var values = new Half[captioner.Encoder.Cells * captioner.Encoder.Channels];
            captioner.Encoder.Encode([image], values);
            return values;
        }
        var expected = images.Select(One).ToList();
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 4 },
            i => One(images[i % images.Count]).ShouldBe(expected[i % images.Count]));
    }

    [Fact]
    public void Describe_Batch_GivesWhatEachImageGivesAlone()
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null), Precision.Float32);
        var prepared = Samples.Select(name => captioner.Preprocessor.Prepare(Image(name))).ToList();
        captioner.Describe(prepared).Select(r => r.Text).ShouldBe(Samples.Select(name => captioner.Describe(Image(name)).Text));
    }

    [Fact]
    public void Describe_NBest_ComesInOrder()
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var captions = captioner.Describe(Image("coffee.png"), new DecodingOptions { Beam = 5, NBest = 5 }).Captions;
        captions.Count.ShouldBe(5);
        captions.Select(c => c.Score).ShouldBe(captions.Select(c => c.Score).OrderDescending());
        captions.Select(c => c.Text).Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public void Describe_Mirror_ReadsTheImageAndItsMirrorImage()
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null), Precision.Float32);
        var mirrored = captioner.Manifest.Decoding! with { Mirror = true };
        var image = captioner.Preprocessor.Prepare(Image("astronaut.png"));
        using var grids =
            captioner.Encoder.Encode([image, captioner.Preprocessor.Prepare(Image("astronaut.png"), AugmentationView.Mirrored)]);
        using var mean = MirroredGrid.Mean(grids);
        var expected = new CaptionSearch(captioner.Search.Decoder, captioner.Search.Vocabulary)
            .Run(mean, mirrored with { Mirror = false })[0].Captions[0];

        var caption = captioner.Describe([image], mirrored)[0].Captions[0];

        caption.LogProbability.ShouldBe(expected.LogProbability, 1e-4);
        var alone = captioner.Describe([image], mirrored with { Mirror = false })[0].Captions[0];
        Math.Abs(caption.LogProbability - alone.LogProbability).ShouldBeGreaterThan(1e-3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Score_OutOfTheCache_IsOfWhatDescribeWrites(bool mirror)
    {
        using var folder = new TemporaryFolder();
        using var cache = EmbeddingCache.Open(folder.Path);
        using var captioner = Captioner.Load(InstalledModels.Find(null), Precision.Float32);
        var options = captioner.Manifest.Decoding! with { Mirror = mirror };
        string[] written = ["Two children are on a field.", "A cat looks up.", "A brown cup is on the table.",
            "A woman is standing in front of a house."];
        var items = Samples.Zip(written, (name, caption) =>
            new CaptionItem(name, new ImageSource(Path.Combine(Repository.Samples, name)), [caption], Split.Test)).ToList();

        var (scored, skipped) = new ModelEvaluation(cache).Score(captioner, items, options);

        skipped.ShouldBe(0);
        scored.Captions.Select(c => c.Caption)
            .ShouldBe(Samples.Select(name => string.Join(' ', captioner.Describe(Image(name), options).Captions[0].Words)));
        scored.Captions.Average(c => c.CiderD!.Value).ShouldBe(scored.Scores.CiderD, 1e-9);
        scored.Captions.Max(c => c.CiderD!.Value).ShouldBeGreaterThan(scored.Scores.CiderD);
    }

    private static byte[] Image(string name) => File.ReadAllBytes(Path.Combine(Repository.Samples, name));
}
