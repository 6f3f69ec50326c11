using System.Runtime.Versioning;
using CaptionTL.Runtime;

namespace CaptionTL.Tests.Runtime;

[UnsupportedOSPlatform("windows")]
public sealed class CompatibleLibraryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();
    private readonly string _original;

    public CompatibleLibraryTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has a libstdc++ that may be too old");
        _original = NativeStartup.FindBindings().ShouldNotBeNull();
    }

    private string Private => _folder.File("native");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Make_KnownFile_WritesACopyThatDiffersInThreePlacesIntoAFolderOfItsOwner()
    {
        var copy = CompatibleLibrary.Make(_original, Private);

        File.GetUnixFileMode(Private).ShouldBe(OwnerOnly);
        var (before, after) = (File.ReadAllBytes(_original), File.ReadAllBytes(copy));
        after.Length.ShouldBe(before.Length);
        // A name of at most 23 bytes, a version's of 14 and its hash of 4.
        before.Zip(after).Count(b => b.First != b.Second).ShouldBeInRange(1, 41);
        after.AsSpan().IndexOf("GLIBCXX_3.4.32"u8).ShouldNotBe(before.AsSpan().IndexOf("GLIBCXX_3.4.32"u8));
        Directory.GetFiles(Private).ShouldHaveSingleItem().ShouldBe(copy);
    }

    [Fact]
    public void Make_Again_TakesTheCopyThatIsThere()
    {
        var written = File.GetLastWriteTimeUtc(CompatibleLibrary.Make(_original, Private));

        File.GetLastWriteTimeUtc(CompatibleLibrary.Make(_original, Private)).ShouldBe(written);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Make_CopyTamperedWithOrCutOff_IsReplaced(bool cutOff)
    {
        var copy = CompatibleLibrary.Make(_original, Private);
        var good = File.ReadAllBytes(copy);
        byte[] bad = cutOff ? good[..1000] : [.. good];
        bad[^1] ^= 1;
        File.WriteAllBytes(copy, bad);

        CompatibleLibrary.Make(_original, Private);

        File.ReadAllBytes(copy).ShouldBe(good);
    }

    [Fact]
    public void Make_ByManyAtOnce_EndsWithOneGoodCopy()
    {
        var copies = Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(8)
            .Select(_ => File.ReadAllBytes(CompatibleLibrary.Make(_original, Private)).Length).ToList();

        copies.ShouldAllBe(length => length == File.ReadAllBytes(_original).Length);
        Directory.GetFiles(Private).Length.ShouldBe(1);
    }

    [Fact]
    public void Make_FolderOthersCanWriteTo_ClosesIt()
    {
        Directory.CreateDirectory(Private);
        File.SetUnixFileMode(Private, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);

        CompatibleLibrary.Make(_original, Private);

        File.GetUnixFileMode(Private).ShouldBe(OwnerOnly);
    }

    [Fact]
    public void Ensure_FolderOfAnotherUser_IsRefused()
    {
        Directory.CreateDirectory(Private);

        var failure = Should.Throw<CaptionTLException>(() => PrivateFolder.Ensure(Private, user: 4242));

        failure.Message.ShouldContain(Private);
        failure.Message.ShouldContain("belongs to another user");
        failure.Message.ShouldContain("CAPTIONTL_HOME");
    }

    [Fact]
    public void Make_LinkInsteadOfAFolder_IsNotFollowed()
    {
        // A link belongs to who made it, whatever it leads to; only a folder is made private.
        var target = _folder.File("target");
        Directory.CreateDirectory(target);
        File.CreateSymbolicLink(Private, target);

        Should.Throw<CaptionTLException>(() => CompatibleLibrary.Make(_original, Private)).Message.ShouldContain("CAPTIONTL_HOME");
    }

    [Fact]
    public void Make_FolderThatCannotBeWritten_SaysWhatToDo()
    {
        File.WriteAllText(_folder.File("file"), "");

        var failure = Should.Throw<CaptionTLException>(() => CompatibleLibrary.Make(_original, _folder.File("file/native")));

        failure.IsInput.ShouldBeFalse();
        failure.Message.ShouldContain(_folder.File("file/native"));
        failure.Message.ShouldContain("CAPTIONTL_HOME");
    }

    [Fact]
    public void Make_UnknownFile_NamesSystemsThatNeedNoCopy()
    {
        var other = _folder.File("other.so");
        File.WriteAllBytes(other, [1, 2, 3]);

        Should.Throw<CaptionTLException>(() => CompatibleLibrary.Make(other, Private)).Message.ShouldContain("Debian 13, Ubuntu 24.04");
    }
}
