using CaptionTL.Classes;

namespace CaptionTL.Tests.Classes;

public sealed class RunAnswersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captiontl-answers-").FullName;

    private string Answers => Path.Combine(_folder, "answers.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_FileOfAnEarlierVersion_CountsItsAnswers()
    {
        File.WriteAllText(Answers, """
            {"classes":["bee","wasp"],"pictures":[{"id":"1.png","truth":0,"predicted":1,"probability":0.6},
             {"id":"2.png","truth":1,"predicted":1,"probability":0.9}]}
            """);
        RunAnswers.Load(Answers).Counts().SelectMany(row => row).ShouldBe([0, 1, 0, 1]);
    }

    [Fact]
    public void Load_WhatWasSaved_IsTheSame()
    {
        var answers = new RunAnswers(["bee", "wasp"], [new RunAnswers.Answer("1.png", 0, 1, 0.6)]);
        answers.Save(Answers);
        var loaded = RunAnswers.Load(Answers);
        loaded.Classes.ShouldBe(answers.Classes);
        loaded.Images.ShouldBe(answers.Images);
    }

    [Fact]
    public void Load_DamagedFile_SaysWhatToDo()
    {
        File.WriteAllText(Answers, "{\"classes\":");
        Should.Throw<CaptionTLException>(() => RunAnswers.Load(Answers)).Message.ShouldContain("Train again");
    }
}
