using CaptionTL.IO;

namespace CaptionTL.Tests.IO;

public class FileStampTests
{
    [Fact]
    public void Of_FileAsItChanges_Differs()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a");
        FileStamp.Of(path).ShouldBeNull();
        File.WriteAllText(path, "12345");
        var first = FileStamp.Of(path)!.Value;
        first.Size.ShouldBe(5);
        first.IsSettled.ShouldBeFalse();
        new DateTime(first.Modified, DateTimeKind.Utc).ShouldBe(File.GetLastWriteTimeUtc(path));
        FileStamp.Of(path).ShouldBe(first);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
        FileStamp.Of(path)!.Value.ToString().ShouldNotBe(first.ToString());
        File.WriteAllText(folder.File("b"), "54321");
        File.SetLastWriteTimeUtc(folder.File("b"), File.GetLastWriteTimeUtc(path));
        var before = FileStamp.Of(path);
        File.Move(folder.File("b"), path, overwrite: true); // equal size and time, another file
        if (OperatingSystem.IsLinux()) FileStamp.Of(path).ShouldNotBe(before);
    }
}
