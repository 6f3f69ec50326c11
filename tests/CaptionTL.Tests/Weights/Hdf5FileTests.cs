using System.Globalization;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public sealed class Hdf5FileTests : IDisposable
{
    private static readonly float[] Counted = [.. Enumerable.Range(0, 210).Select(i => (float)i)];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("<f2", TensorDType.F16)]
    [InlineData("<f4", TensorDType.F32)]
    [InlineData("<f8", TensorDType.F64)]
    [InlineData("<i8", TensorDType.I64)]
    [InlineData("<i4", TensorDType.I32)]
    [InlineData("<i2", TensorDType.I16)]
    [InlineData("u1", TensorDType.U8)]
    [InlineData("<u4", TensorDType.U32)]
    public void Open_EveryType_ReadsItsValues(string type, TensorDType dtype)
    {
        using var file = TensorFile.Open(Write(Set("a/b/w", [5, 6, 7], type)));
        file.Format.ShouldBe("HDF5");
        file.Tensors["a/b/w"].DType.ShouldBe(dtype);
        file.Tensors["a/b/w"].Shape.ShouldBe([5L, 6, 7]);
        TorchFileTests.Values(file, "a/b/w").ShouldBe(Counted);
    }

    public static TheoryData<string, Dictionary<string, object>> Blocks => new()
    {
        { "blocks", new() { ["chunks"] = (int[])[2, 4, 3] } },
        { "gzip", new() { ["chunks"] = (int[])[2, 4, 3], ["compression"] = "gzip" } },
        { "gzip and shuffle", new() { ["chunks"] = (int[])[5, 6, 7], ["compression"] = "gzip", ["shuffle"] = true } },
        { "shuffle", new() { ["chunks"] = (int[])[1, 1, 7], ["shuffle"] = true } },
        { "many blocks", new() { ["chunks"] = (int[])[1, 1, 1] } },
    };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Open_Blocks_ReadsTheirValues(string what, Dictionary<string, object> options)
    {
        using var file = TensorFile.Open(Write(new { path = "w", shape = (int[])[5, 6, 7], options }));
        TorchFileTests.Values(file, "w").ShouldBe(Counted, what);
    }

    [Fact]
    public void Open_ManyGroupsScalarsAndEmptyTensors_FindsThemAll()
    {
        object[] sets = [.. Enumerable.Range(0, 300).Select(i => Set($"group {i % 20}/layer {i}", [2]) ), Set("scalar", []), Set("empty", [0, 4])];
        using var file = TensorFile.Open(Hdf5Writer.Write(_folder, new { datasets = sets, attributes = new Dictionary<string, object> { ["/"] = new { keras_version = "3.4.1" } } }));
        file.Tensors.Count.ShouldBe(302);
        TorchFileTests.Values(file, "group 7/layer 27").ShouldBe([0f, 1f]);
        TorchFileTests.Values(file, "scalar").ShouldBe([0f]);
        file.Tensors["empty"].Length.ShouldBe(0);
        file.Metadata["keras_version"].ShouldBe("3.4.1");
    }

    [Fact]
    public void Open_WhatWeightsHaveNoUseFor_ThrowsTheTypedError()
    {
        var set = (object[])[Set("x", [2])];
        Refuse(new { datasets = set, soft_links = new { y = "/x" } }, "link");
        Refuse(new { datasets = set, external_links = new { y = "/etc/passwd" } }, "newer layout");
        Refuse(new { datasets = set, hard_links = new { y = "/x" } }, "share a member");
        Refuse(new { datasets = set, file = new { libver = "latest" } }, "libver");
        Refuse(new { datasets = (object[])[Set("x", [2], ">f4")] }, "type");
        Refuse(new { datasets = (object[])[Set("x", [2], "<c8")] }, "type");
        Refuse(new { datasets = (object[])[new { path = "x", shape = (int[])[4], options = new { fletcher32 = true } }] }, "filter");
        Refuse(new { datasets = (object[])[new { path = "x", shape = (int[])[4], options = new { compression = "lzf" } }] }, "filter");
    }

    [Fact]
    public void OpenAndRead_FileCutOffOrWithOneMore_ThrowsTheTypedError()
    {
        var whole = File.ReadAllBytes(Small());
        var path = _folder.File("cut.h5");
        for (var length = 0; length < whole.Length; length += length < 1000 ? 1 : 97)
        {
            File.WriteAllBytes(path, whole[..length]);
            Should.Throw<WeightFileException>(() => BadTorchFileTests.ReadAll(path), length.ToString(CultureInfo.InvariantCulture)).File.ShouldBe(path);
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        Should.Throw<WeightFileException>(() => BadTorchFileTests.ReadAll(path));
    }

    [Fact]
    public void OpenAndRead_MutatedFile_ThrowsTheTypedErrorOrReads()
    {
        var whole = File.ReadAllBytes(Small());
        var random = new Random(20261122);
        var (refused, path) = (0, _folder.File("mutated.h5"));
        for (var round = 0; round < 6000; round++)
        {
            File.WriteAllBytes(path, Mutation.Of(whole, random));
            try
            {
                BadTorchFileTests.WithinBounds(path, () =>
                {
                    using var file = TensorFile.Open(path);
                    foreach (var name in file.Tensors.Keys) TorchFileTests.Bytes(file, name);
                    WeightNames.Normalize(file, "vgg16").Dispose();
                });
            }
            catch (WeightFileException)
            {
                refused++;
            }
        }
        refused.ShouldBeGreaterThan(2000);
    }

    private string Small() => Hdf5Writer.Write(_folder, new
    {
        datasets = (object[])[Set("a/w", [3, 3]), new { path = "b/w", shape = (int[])[5, 6], options = new { chunks = (int[])[2, 3], compression = "gzip", shuffle = true } }, Set("b/v", [4], "<f8")],
        attributes = new Dictionary<string, object> { ["/"] = new { layer_names = (string[])["a", "b"], keras_version = "2.4.0" }, ["a"] = new { weight_names = (string[])["w"] }, ["b"] = new { weight_names = (string[])["w", "v"] } },
    });

    private void Refuse(object description, string reason)
    {
        var path = Hdf5Writer.Write(_folder, description);
        Should.Throw<WeightFileException>(() => BadTorchFileTests.ReadAll(path)).Reason.ShouldContain(reason);
    }

    private string Write(params object[] datasets) => Hdf5Writer.Write(_folder, new { datasets });

    private static object Set(string path, long[] shape, string dtype = "<f4") => new { path, shape, dtype };
}
