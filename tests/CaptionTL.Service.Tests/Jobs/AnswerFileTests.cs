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
        AnswerFile.Open(path).Add([new ImageAnswer("ä.png") { Caption = "A dog." }, new ImageAnswer("b.png") { Problem = "damaged" }]);
        File.AppendAllText(path, """{"id":"c.png","capt""");

        var file = AnswerFile.Open(path);
        file.Ids.ShouldBe(["ä.png", "b.png"], ignoreOrder: true);
        file.Problems.ShouldBe(1);
        file.Add([new ImageAnswer("c.png") { Caption = "A cat." }]);

        File.ReadAllLines(path).ShouldBe(["""{"id":"ä.png","caption":"A dog."}""", """{"id":"b.png","problem":"damaged"}""",
            """{"id":"c.png","caption":"A cat."}"""]);
    }

    [Fact]
    public void Add_AfterAnotherLeaseTookTheFolderOver_FailsAndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        var (mine, next) = (folder.File("1"), folder.File("2"));
        Directory.CreateDirectory(mine);
        var file = AnswerFile.Open(Path.Combine(mine, AnswerFile.Name));
        file.Add([new ImageAnswer("a.png") { Caption = "A dog." }]);

        Directory.Move(mine, next);

        Should.Throw<IOException>(() => file.Add([new ImageAnswer("b.png") { Caption = "A cat." }]));
        File.ReadAllLines(Path.Combine(next, AnswerFile.Name)).ShouldBe(["""{"id":"a.png","caption":"A dog."}"""]);
        AnswerFile.Open(Path.Combine(next, AnswerFile.Name)).Ids.ShouldBe(["a.png"]);
    }
}
