using System.Globalization;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

/// <summary>Everything that can be wrong with a checkpoint of PyTorch ends in the one typed error.</summary>
public sealed class BadTorchFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, byte[]> BadPickles => Rows(BadTorchFiles.Pickles);

    public static TheoryData<string, byte[]> BadArchives => Rows(BadTorchFiles.Archives());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(BadPickles))]
    public void OpenAndRead_BadPickle_ThrowsTheTypedError(string what, byte[] pickle) =>
        Refuse(what, new TorchArchive().Checkpoint(pickle, BadTorchFiles.One));

    [Theory]
    [MemberData(nameof(BadArchives))]
    public void OpenAndRead_BadArchive_ThrowsTheTypedError(string what, byte[] archive) => Refuse(what, archive);

    [Theory]
    [InlineData("zip_state_dict.pth")]
    [InlineData("legacy_state_dict.pth")]
    public void OpenAndRead_FileCutOffAtAnyByteOrWithOneMore_ThrowsTheTypedError(string name)
    {
        var whole = File.ReadAllBytes(Goldens.File("weights/" + name));
        var path = _folder.File("cut.pth");
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Should.Throw<WeightFileException>(() => ReadAll(path), length.ToString(CultureInfo.InvariantCulture)).File.ShouldBe(path);
        }
        File.WriteAllBytes(path, [.. whole, 0]);
        Should.Throw<WeightFileException>(() => ReadAll(path));
    }

    [Theory]
    [InlineData("zip_state_dict.pth", 4000, 0.5)]
    [InlineData("zip_checkpoint_shared_storage.pth", 4000, 0.5)]
    [InlineData("legacy_state_dict.pth", 8000, 0.3)]
    public void OpenAndRead_MutatedFile_ThrowsTheTypedErrorOrReads(string name, int rounds, double refusedShare)
    {
        var whole = File.ReadAllBytes(Goldens.File("weights/" + name));
        var random = new Random(20261122);
        var (refused, path) = (0, _folder.File("mutated.pth"));
        for (var round = 0; round < rounds; round++)
        {
            File.WriteAllBytes(path, Mutation.Of(whole, random));
            if (!Reads(path)) refused++;
        }
        refused.ShouldBeGreaterThan((int)(rounds * refusedShare));
    }

    private void Refuse(string what, byte[] bytes)
    {
        var path = _folder.File("bad.pth");
        File.WriteAllBytes(path, bytes);
        var error = Should.Throw<WeightFileException>(() => WithinBounds(path, () => ReadAll(path)), what);
        error.File.ShouldBe(path);
        error.Place.ShouldNotBeNullOrWhiteSpace();
        error.Reason.ShouldNotBeNullOrWhiteSpace();
    }

    /// <summary>Whether a file can be read; if not, the error is the typed one. Either way within bounds.</summary>
    internal static bool Reads(string path)
    {
        try
        {
            WithinBounds(path, () => ReadAll(path));
            return true;
        }
        catch (WeightFileException)
        {
            return false;
        }
    }

    /// <summary>At most 64 MiB beyond the file's size on the managed heap, counting what was freed meanwhile too.</summary>
    internal static void WithinBounds(string path, Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            action();
        }
        finally
        {
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((64 << 20) + new FileInfo(path).Length);
        }
    }

    internal static void ReadAll(string path)
    {
        using var file = TensorFile.Open(path);
        foreach (var name in file.Tensors.Keys) TorchFileTests.Bytes(file, name);
    }

    internal static TheoryData<string, byte[]> Rows(BadFileList files)
    {
        var rows = new TheoryData<string, byte[]>();
        foreach (var (what, bytes) in files) rows.Add(what, bytes);
        return rows;
    }
}
