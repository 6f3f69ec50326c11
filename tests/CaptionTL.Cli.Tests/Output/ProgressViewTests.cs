using CaptionTL.Cli.Output;
using Microsoft.Extensions.Time.Testing;

namespace CaptionTL.Cli.Tests.Output;

public class ProgressViewTests
{
    [Fact]
    public void Plain_LongPhase_WritesStartIntervalsAndEnd()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var clock = new FakeTimeProvider();
        using (var view = new PlainProgressView(error, clock))
        {
            for (var second = 0; second <= 20; second++)
            {
                view.Report("embedding", second * 10, 200, "images", ("errors", "0"));
                clock.Advance(TimeSpan.FromSeconds(1));
            }
        }
        error.ToString().ShouldBe("""
            embedding: 0/200 images (0 %), errors 0
            embedding: 20/200 images (10 %), 10.0 images/s, 18 s left, errors 0
            embedding: 50/200 images (25 %), 10.0 images/s, 15 s left, errors 0
            embedding: 150/200 images (75 %), 10.0 images/s, 5 s left, errors 0
            embedding: 200/200 images (100 %), 10.0 images/s, errors 0

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Plain_NextPhase_EndsTheOneBefore()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var clock = new FakeTimeProvider();
        using (var view = new PlainProgressView(error, clock))
        {
            view.Report("epoch 1", 0, 2, "steps");
            clock.Advance(TimeSpan.FromSeconds(1));
            view.Report("epoch 1", 2, 2, "steps", ("loss", "2.31"));
            view.Message("saved");
            view.Report("epoch 2", 0, null, "steps");
        }
        error.ToString().ShouldBe("epoch 1: 0/2 steps (0 %)\nsaved\nepoch 1: 2/2 steps (100 %), 2.00 steps/s, loss 2.31\nepoch 2: "
            + "0 steps\n");
    }

    [Fact]
    public void RateMeter_ChangeOfPace_ForgetsTheOldPace()
    {
        var clock = new FakeTimeProvider();
        var rate = new RateMeter(clock);
        rate.PerSecond.ShouldBeNull();
        for (var second = 0; second < 100; second++)
        {
            rate.Add(second);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        rate.PerSecond!.Value.ShouldBe(1, 0.01);
        for (var second = 0; second < 60; second++)
        {
            rate.Add(100 + second * 5);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        rate.PerSecond!.Value.ShouldBe(5, 0.01);
    }
}
