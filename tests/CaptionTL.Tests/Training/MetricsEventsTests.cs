using CaptionTL.Training;

namespace CaptionTL.Tests.Training;

public sealed class MetricsEventsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Log_Numbers_AreInTheEventFile()
    {
        var run = new RunFolder(_folder.Path);
        run.Log(Entry("step", 0, 50, 3.25));
        run.Log(Entry("epoch", 0, 70, 2.5));
        run.Log(Entry("step", 1, 300, 2));

        var events = EventFileReader.ReadRun(_folder.Path);
        events[0].Version.ShouldBe("brain.Event:2");
        events[1].Seconds.ShouldBe(1_700_000_000.5);
        events[1].Scalars.ShouldBe([("step/phaseIndex", 0f), ("step/loss", 3.25f)]);
        events[2].Scalars.ShouldBe([("epoch/phaseIndex", 0f), ("epoch/loss", 2.5f)]);
        events.Skip(1).Select(e => e.Step).ShouldBe([50, 70, 370]); // the second phase goes on where the first ended
    }

    [Fact]
    public void Log_EventFileCutOffByACrash_IsWrittenAnew()
    {
        new RunFolder(_folder.Path).Log(Entry("step", 0, 50, 3));
        var file = Directory.GetFiles(_folder.Path, "events.out.tfevents.*").ShouldHaveSingleItem();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^5]);
        new RunFolder(_folder.Path).Log(Entry("step", 0, 100, 2));
        EventFileReader.ReadRun(_folder.Path).Select(e => e.Step).ShouldBe([0, 50, 100]);
    }

    [Fact]
    public void RewindMetrics_LinesTakenBack_AreTakenOutOfTheEventFile()
    {
        var run = new RunFolder(_folder.Path);
        foreach (var step in (int[])[50, 100, 150]) run.Log(Entry("step", 0, step, step));
        run.RewindMetrics(line => line.GetProperty("step").GetInt32() <= 50);
        run.Log(Entry("step", 0, 100, 7));
        EventFileReader.ReadRun(_folder.Path).Skip(1).Select(e => (e.Step, e.Scalars[^1].Value)).ShouldBe([(50, 50f), (100, 7f)]);
    }

    [Fact]
    public void Clear_EventFilesOfOthers_Stay()
    {
        new RunFolder(_folder.Path).Log(Entry("step", 0, 50, 3));
        File.WriteAllText(_folder.File("events.out.tfevents.1.mine"), "");
        RunFolder.Clear(_folder.Path);
        Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).ShouldBe(["events.out.tfevents.1.mine"]);
    }

    private static object Entry(string kind, int phaseIndex, long step, double loss) =>
        new { Kind = kind, Phase = "any", PhaseIndex = phaseIndex, Step = step, Time = "2023-11-14T22:13:20.5000000+00:00", Loss = loss };
}
