using System.Text;
using CaptionTL.IO;

namespace CaptionTL.Tests.IO;

public class AtomicFileTests
{
    [Fact]
    public void Write_NewAndExistingFile_HoldsTheNewContent()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "sub", "a.txt");
        AtomicFile.WriteAllText(path, "éins");
        AtomicFile.WriteAllText(path, "zwei");
        File.ReadAllText(path).ShouldBe("zwei");
        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBe([path]);
    }

    [Fact]
    public void Write_ThatThrows_KeepsTheOldContentAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.txt");
        AtomicFile.WriteAllText(path, "old");
        Should.Throw<InvalidDataException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half of the n"u8);
            throw new InvalidDataException();
        }));
        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFiles(folder.Path).ShouldBe([path]);
    }

    [Fact]
    public void Create_UntilCommit_TheTargetIsNotThere()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.txt");
        using (var file = AtomicFile.Create(path))
        {
            file.Stream.Write(Encoding.UTF8.GetBytes("whole"));
            File.Exists(path).ShouldBeFalse();
            file.Commit();
            File.ReadAllText(path).ShouldBe("whole");
            Should.Throw<InvalidOperationException>(file.Commit);
        }
        File.ReadAllText(path).ShouldBe("whole");
    }

    [Fact]
    public void RemoveLeftovers_FilesOfDeadAndLivingWriters_TakesTheDeadOnly()
    {
        using var folder = new TemporaryFolder();
        using var living = AtomicFile.Create(folder.File("living.bin"));
        living.Stream.Write("going on"u8);
        var dead = Path.Combine(folder.Path, ".dead.bin.0123456789abcdef0123456789abcdef.captiontl-tmp");
        File.WriteAllText(dead, "its writer was killed");
        File.WriteAllText(folder.File("mine.tmp"), "not ours");
        AtomicFile.RemoveLeftovers(folder.Path).ShouldBe(1);
        File.Exists(dead).ShouldBeFalse();
        File.Exists(folder.File("mine.tmp")).ShouldBeTrue();
        living.Commit();
        File.Exists(folder.File("living.bin")).ShouldBeTrue();
        AtomicFile.RemoveLeftovers(Path.Combine(folder.Path, "missing")).ShouldBe(0);
    }

    [Fact]
    public void Write_ManyThreadsOneTarget_EndsWithOneWholeContent()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.bin");
        Parallel.For(0, 40, i =>
        {
            AtomicFile.WriteAllBytes(path, Enumerable.Repeat((byte)i, 10_000).ToArray());
            AtomicFile.RemoveLeftovers(folder.Path);
        });
        var bytes = File.ReadAllBytes(path);
        bytes.Length.ShouldBe(10_000);
        bytes.Distinct().Count().ShouldBe(1);
        Directory.GetFiles(folder.Path).ShouldBe([path]);
    }
}
