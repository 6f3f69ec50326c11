using System.IO.Compression;
using System.Text.Json;
using CaptionTL.Backbones;
using CaptionTL.Captions;
using CaptionTL.IO;
using CaptionTL.Images;
using CaptionTL.Models;
using CaptionTL.Runtime;
using CaptionTL.Tests.Backbones;
using CaptionTL.Text;
using CaptionTL.Training.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Models;

/// <summary>A real backbone (ResNet-18, weights by the reference's rule) and a small decoder, written and read again.</summary>
[Collection(nameof(TorchCollection))]
public sealed class TrainedBundleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-bundle-").FullName;

    private string Bundle => Path.Combine(_folder, "toy.captiontl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_WhatWasWritten_CaptionsImages()
    {
        Write();
        using var captioner = Captioner.Load(Bundle, Precision.Float32);
        captioner.Manifest.Name.ShouldBe("toy");
        captioner.Manifest.Data.ShouldBe(new BundleData("none", 1, 3) { TrainCaptions = 2 });
        var result = captioner.Describe(File.ReadAllBytes(Path.Combine(Repository.Samples, "coffee.png")), withAttention: true);
        result.Captions[0].Words.ShouldAllBe(w => Words.Contains(w));
        result.Captions[0].Attention!.ShouldAllBe(a => a.Length == 9);
        result.Captions[0].Confidence.ShouldBeInRange(0, 1);
        result.Text.ShouldEndWith(".");
    }

    [Fact]
    public void Load_WithTheNetworksClasses_TellsThemFromEmbeddings()
    {
        Write(classes: 1000);
        using var captioner = Captioner.Load(Bundle, Precision.Float32);
        captioner.Search.Constraints.ShouldNotBeNull();
        captioner.Encoder.Classes.ShouldBe(1000);
        using var scope = NewDisposeScope();
        var images = new[] { "coffee.png", "chelsea.png" }
            .Select(n => captioner.Preprocessor.Prepare(File.ReadAllBytes(Path.Combine(Repository.Samples, n)))).ToList();
        var expected = captioner.Encoder.Classify(images).softmax(1);
        captioner.Encoder.Classify(captioner.Encoder.Encode(images)).allclose(expected, rtol: 1e-3, atol: 1e-6).ShouldBeTrue();
        captioner.Manifest.Licences[0].ShouldNotContain("left out");
    }

    [Fact]
    public void Load_WithoutTheNetworksClasses_HoldsCaptionsAgainstNothing()
    {
        Write();
        using var captioner = Captioner.Load(Bundle, Precision.Float32);
        (captioner.Search.Constraints, captioner.Encoder.Classes).ShouldBe((null, 0));
        captioner.Manifest.Licences[0].ShouldContain("layers above 'layer4' left out");
    }

    [Fact]
    public void Load_ChangedPreprocessing_CanarySaysSo()
    {
        Write();
        Rewrite(manifest => manifest with { Preprocessing = manifest.Preprocessing with { Mean = [0.6f, 0.4f, 0.5f] } });
        var error = Should.Throw<CaptionTLException>(() => Captioner.Load(Bundle, Precision.Float32));
        error.Message.ShouldContain("no longer has the embedding");
        error.IsInput.ShouldBeFalse();
    }

    [Fact]
    public void Load_OtherInterpolation_CanarySaysSo()
    {
        Write();
        Rewrite(manifest => manifest with { Preprocessing = manifest.Preprocessing with { Interpolation = Interpolation.Bicubic } });
        Should.Throw<CaptionTLException>(() => Captioner.Load(Bundle, Precision.Float32)).Message.ShouldContain(
            "no longer has the embedding");
    }

    [Fact]
    public void Read_FlippedBit_NamesTheEntry()
    {
        Write();
        var bytes = File.ReadAllBytes(Bundle);
        bytes[bytes.Length / 2] ^= 4; // well inside the encoder's weights
        File.WriteAllBytes(Bundle, bytes);
        Should.Throw<CaptionTLException>(() => Captioner.Load(Bundle)).Message.ShouldContain("not a usable model bundle");
    }

    [Fact]
    public void Open_CutOffAnywhere_IsRefused()
    {
        Write();
        var bytes = File.ReadAllBytes(Bundle);
        for (var length = 0; length < bytes.Length; length += bytes.Length / 23)
        {
            File.WriteAllBytes(Bundle, bytes[..length]);
            Should.Throw<CaptionTLException>(() => { using var bundle = ModelBundle.Open(Bundle); }).Message.ShouldContain(
                "not a usable model bundle");
        }
    }

    [Fact]
    public void Open_NewerSchema_AsksForAnUpdate()
    {
        Write();
        Rewrite(manifest => manifest with { SchemaVersion = BundleManifest.CurrentSchema + 1 });
        Should.Throw<CaptionTLException>(() => ModelBundle.Open(Bundle)).Message.ShouldContain("newer version");
    }

    [Fact]
    public void Open_AValueOfAPlanThatIsNoMore_IsPassedOver()
    {
        var written = Write();
        var json = JsonSerializer.SerializeToNode(written, Json.Compact)!;
        json["plan"]!["head"]!["somethingOld"] = 5;
        using (var archive = ZipFile.Open(Bundle, ZipArchiveMode.Update))
        {
            archive.GetEntry(ModelBundle.ManifestEntry)!.Delete();
            using var stream = archive.CreateEntry(ModelBundle.ManifestEntry, CompressionLevel.NoCompression).Open();
            JsonSerializer.Serialize(stream, json);
        }

        using var bundle = ModelBundle.Open(Bundle);

        PlanFile.Write(bundle.Manifest.Plan).ShouldBe(PlanFile.Write(written.Plan));
    }

    [Fact]
    public void Open_CompressedEntries_AreRefused()
    {
        Write();
        var packed = Path.Combine(_folder, "packed.captiontl");
        using (var from = ZipFile.OpenRead(Bundle))
        using (var to = ZipFile.Open(packed, ZipArchiveMode.Create))
            foreach (var entry in from.Entries)
            {
                using var source = entry.Open();
                using var target = to.CreateEntry(entry.FullName, CompressionLevel.SmallestSize).Open();
                source.CopyTo(target);
            }
        Should.Throw<CaptionTLException>(() => ModelBundle.Open(packed)).Message.ShouldContain("compressed");
    }

    [Fact]
    public void Write_EncoderByReference_NamesItsWeights()
    {
        var manifest = Write(includeEncoder: false);
        manifest.Files.Keys.ShouldNotContain(ModelBundle.EncoderEntry);
        manifest.Backbone.ShouldBe(new BundleBackbone("resnet18", "resnet18.tv_in1k", "00ff", "layer4", false));
    }

    [Fact]
    public void Find_UnknownModel_ListsTheInstalledOnes() =>
        Should.Throw<CaptionTLException>(() => InstalledModels.Find("no-such-model")).Message.ShouldContain("no-such-model");

    private static IReadOnlyList<string> Words { get; } = ["a", "cup", "of", "coffee", "dog", "runs"];

    /// <param name="includeEncoder">Put the network in.</param>
    /// <param name="classes">Of the network; 1,000 are put into the bundle, other numbers are not.</param>
    private BundleManifest Write(bool includeEncoder = true, int classes = 10)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var backbone = BackboneRegistry.Find("resnet18").Build(new BackboneOptions { Classes = classes });
        using (no_grad()) ArchitectureParityTests.Fill(backbone, "bundle");
        backbone.eval();
        var weights = BackboneRegistry.FindWeights("resnet18");
        var vocabulary = new Vocabulary(Words);
        using var decoder = new CaptionDecoder(new CaptionDecoderOptions { Channels = 512, Cells = 9, VocabularySize = vocabulary.Count,
            Hidden = 16 });
        var preprocessing = weights.Preprocessing with { Width = 96, Height = 96, Resize = ResizeMode.Squash };
        return new TrainedBundle(PlanPresets.Caption with { Backbone = "resnet18.tv_in1k" }, weights, "00ff", preprocessing)
        {
            Name = "toy", Data = new BundleData("none", 1, 3) { TrainCaptions = 2 },
            Head = BundleHead.Captioner(decoder, new DecoderWords(vocabulary, new DecodingOptions())),
            Published = classes == 1000 ? backbone.Weights : null,
        }.Write(Bundle, backbone.Weights, "layer4", includeEncoder);
    }

    // The bundle as it is, with another manifest.
    private void Rewrite(Func<BundleManifest, BundleManifest> change)
    {
        BundleManifest manifest;
        Dictionary<string, byte[]> entries;
        using (var bundle = ModelBundle.Open(Bundle))
            (manifest, entries) = (bundle.Manifest, bundle.Manifest.Files.Keys.ToDictionary(k => k, bundle.Read));
        ModelBundle.Write(Bundle, change(manifest), entries);
    }
}
