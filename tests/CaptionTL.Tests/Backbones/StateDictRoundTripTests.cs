using CaptionTL.Backbones;
using CaptionTL.Weights;
using static CaptionTL.Tests.Backbones.RegisteredBackbones;
using static TorchSharp.torch;

namespace CaptionTL.Tests.Backbones;

[Collection(nameof(TorchCollection))]
public class StateDictRoundTripTests
{
    public static TheoryData<string> All => Architectures;

    [Theory]
    [MemberData(nameof(All))]
    public void Load_WhatWasSaved_GivesTheSameBits(string architecture)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var saved = Build(architecture, top: false);
        var path = folder.File("model.safetensors");
        SafetensorsWriter.Write(path, saved.state_dict().Select(p => StateDict.Entry(p.Key, p.Value)));
        manual_seed(6);
        using var loaded = BackboneRegistry.Find(architecture).Build(saved.Options);
        Changed(loaded, saved.state_dict()).ShouldNotBeEmpty();

        using (var file = SafetensorsFile.Open(path)) StateDict.Load(loaded, file, path);

        Changed(loaded, saved.state_dict()).ShouldBeEmpty();
    }
}
