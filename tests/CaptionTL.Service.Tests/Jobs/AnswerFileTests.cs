using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs.Running;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.Jobs;

public sealed class AnswerFileTests
{
    [Fact]
    public void Open_AfterAWriterWasLost_GoesOnBehindTheLastWholeLine()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, AnswerFile.Name);
        using (var file = AnswerFile.Open(path))
        {
            file.Add(new PictureAnswer("ä.png") { Caption = "A dog." });
            file.Add(new PictureAnswer("b.png") { Problem = "damaged" });
        }
        File.AppendAllText(path, """{"id":"c.png","capt""");

        using (var file = AnswerFile.Open(path))
        {
            file.Ids.ShouldBe(["ä.png", "b.png"], ignoreOrder: true);
            file.Problems.ShouldBe(1);
            file.Add(new PictureAnswer("c.png") { Caption = "A cat." });
        }

        File.ReadAllLines(path).ShouldBe(["""{"id":"ä.png","caption":"A dog."}""", """{"id":"b.png","problem":"damaged"}""", """{"id":"c.png","caption":"A cat."}"""]);
    }
}
