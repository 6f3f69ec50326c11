using System.Buffers.Binary;
using System.Globalization;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

/// <summary>The files that h5py wrote.</summary>
internal static class Hdf5Files
{
    public static string Path(string name) =>
        System.IO.Path.Combine(Repository.Root, "tests", "CaptionTL.Tests", "Weights", "Hdf5Files", name + ".h5");
}

public sealed class Hdf5FileTests : IDisposable
{
    private static readonly float[] Counted = [.. Enumerable.Range(0, 210).Select(i => (float)i)];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("f16", TensorDType.F16)]
    [InlineData("f32", TensorDType.F32)]
    [InlineData("f64", TensorDType.F64)]
    [InlineData("i64", TensorDType.I64)]
    [InlineData("i32", TensorDType.I32)]
    [InlineData("i16", TensorDType.I16)]
    [InlineData("u8", TensorDType.U8)]
    [InlineData("u32", TensorDType.U32)]
    public void Open_EveryType_ReadsItsValues(string type, TensorDType dtype)
    {
        using var file = TensorFile.Open(Hdf5Files.Path("types"));
        file.Format.ShouldBe("HDF5");
        file.Tensors["a/b/" + type].DType.ShouldBe(dtype);
        file.Tensors["a/b/" + type].Shape.ShouldBe([5L, 6, 7]);
        TorchFileTests.Values(file, "a/b/" + type).ShouldBe(Counted);
    }

    [Theory]
    [InlineData("blocks")]
    [InlineData("gzip")]
    [InlineData("gzip and shuffle")]
    [InlineData("shuffle")]
    [InlineData("many blocks")]
    public void Open_Blocks_ReadsTheirValues(string name)
    {
        using var file = TensorFile.Open(Hdf5Files.Path("blocks"));
        TorchFileTests.Values(file, name).ShouldBe(Counted);
    }

    [Fact]
    public void Open_ManyGroupsScalarsAndEmptyTensors_FindsThemAll()
    {
        using var file = TensorFile.Open(Hdf5Files.Path("many"));
        file.Tensors.Count.ShouldBe(302);
        TorchFileTests.Values(file, "group 7/layer 27").ShouldBe([0f, 1f]);
        TorchFileTests.Values(file, "scalar").ShouldBe([0f]);
        file.Tensors["empty"].Length.ShouldBe(0);
        file.Metadata["keras_version"].ShouldBe("3.4.1");
    }

    [Theory]
    [InlineData("soft_link", "link")]
    [InlineData("external_link", "newer layout")]
    [InlineData("hard_link", "share a member")]
    [InlineData("latest", "libver")]
    [InlineData("big_endian", "type")]
    [InlineData("complex", "type")]
    [InlineData("fletcher32", "filter")]
    [InlineData("lzf", "filter")]
    public void Open_WhatWeightsHaveNoUseFor_ThrowsTheTypedError(string name, string reason) =>
        Should.Throw<WeightFileException>(() => BadTorchFileTests.ReadAll(Hdf5Files.Path(name))).Reason.ShouldContain(reason);

    [Fact]
    public void OpenAndRead_TreeThatRunsInACircle_ThrowsTheTypedError()
    {
        var bytes = File.ReadAllBytes(Hdf5Files.Path("small"));
        var at = bytes.AsSpan().IndexOf("TREE\u0001"u8); // of the blocks of b/w, in two dimensions: its first key takes 32 bytes
        bytes[at + 5] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at + 24 + 32), at);
        var path = _folder.File("circle.h5");
        File.WriteAllBytes(path, bytes);
        Should.Throw<WeightFileException>(() => BadTorchFileTests.ReadAll(path)).Reason.ShouldContain("B-tree");
    }

    [Fact]
    public void OpenAndRead_FileCutOffOrWithOneMore_ThrowsTheTypedError()
    {
        var whole = File.ReadAllBytes(Hdf5Files.Path("small"));
        var path = _folder.File("cut.h5");
        for (var length = 0; length < whole.Length; length += length < 1000 ? 1 : 97)
        {
            File.WriteAllBytes(path, whole[..length]);
            Should.Throw<WeightFileException>(() => BadTorchFileTests.ReadAll(path),
                length.ToString(CultureInfo.InvariantCulture)).File.ShouldBe(path);
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        Should.Throw<WeightFileException>(() => BadTorchFileTests.ReadAll(path));
    }

    [Fact]
    public void OpenAndRead_MutatedFile_ThrowsTheTypedErrorOrReads()
    {
        var whole = File.ReadAllBytes(Hdf5Files.Path("small"));
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
}
