using CaptionTL.Models;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>A training whose processes are killed many times at random moments, beside the same training left alone.</summary>
internal sealed class Disturbance
{
    public const int Times = 20;

    /// <summary>A setting with which every loss but no further one is allowed.</summary>
    public static readonly string Retries = $"CaptionTL:Worker:Retries={Times}";

    private readonly string _data;
    private readonly Job _undisturbed;
    private readonly Random _random;
    private readonly long _whole;
    private int _moments;

    private Disturbance(string data, Job undisturbed, Job disturbed, int seed)
    {
        (_data, _undisturbed, Job, _random) = (data, undisturbed, disturbed.Id, new Random(seed));
        _whole = Trained(undisturbed.Id);
    }

    /// <summary>The training to be disturbed.</summary>
    public long Job { get; }

    public static async Task<Disturbance> BeginAsync(JobsService jobs, int seed)
    {
        await jobs.UploadAsync();
        var undisturbed = await jobs.WaitAsync((await jobs.AddAsync(JobsService.LongTraining)).Id, JobState.Succeeded);
        return new Disturbance(jobs.Data, undisturbed, await jobs.AddAsync(JobsService.LongTraining), seed);
    }

    /// <summary>
    /// Waits for a moment at which a process works on the job: two times anywhere in its start, the third time while it trains. Moments
    /// are at most a fiftieth of the training apart, so that there are enough of them however quick the machine is.
    /// </summary>
    /// <returns>The process.</returns>
    public async Task<int> NextMomentAsync()
    {
        var before = Trained(Job);
        var process = await JobProcesses.WaitAsync(_data, Job);
        var trains = ++_moments % 3 == 0;
        var end = DateTime.UtcNow + (trains ? JobsService.Patience : TimeSpan.FromMilliseconds(_random.Next(1000)));
        var further = trains ? _random.NextInt64(1, _whole / 50) : 1;
        while (Trained(Job) < before + further && DateTime.UtcNow < end) await Task.Delay(5);
        return process;
    }

    public async Task ShouldEndAsUndisturbedAsync(JobsService jobs)
    {
        var done = await jobs.WaitAsync(Job, JobState.Succeeded);

        (done.Losses, done.Attempts).ShouldBe((Times, Times + 1));
        (await jobs.GetAsync<Model>("/api/v1/models/toy")).Versions.Select(v => v.Run).ShouldBe([done.Id, _undisturbed.Id]);
        done.Result!.Scores.ShouldBe(_undisturbed.Result!.Scores);
        (await jobs.GetAsync<RunMetrics>($"/api/v1/runs/{done.Id}/metrics")).Lines.Count.ShouldBe(
            (await jobs.GetAsync<RunMetrics>($"/api/v1/runs/{_undisturbed.Id}/metrics")).Lines.Count);
        using var alone = ModelBundle.Open(Path.Combine(_data, "models", "toy", "1.captiontl"));
        using var killed = ModelBundle.Open(Path.Combine(_data, "models", "toy", "2.captiontl"));
        foreach (var entry in (string[])[ModelBundle.HeadEntry, ModelBundle.EncoderEntry, ModelBundle.LabelsEntry])
            killed.Read(entry).ShouldBe(alone.Read(entry), entry);
    }

    // How far a training is: bytes of its metrics, a line an epoch.
    private long Trained(long job)
    {
        var run = new DirectoryInfo(Path.Combine(_data, "runs", $"{job}"));
        return run.Exists ? run.EnumerateFiles("metrics.jsonl", SearchOption.AllDirectories).Sum(f => f.Length) : 0;
    }
}
