using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Tests;

/// <summary>A training under way that other jobs wait for, until a test ends it; ended in any case when the test is over.</summary>
internal sealed class LongTraining : IAsyncDisposable
{
    private readonly string _address;
    private readonly Job _job;
    private bool _hasEnded;

    private LongTraining(string address, Job job) => (_address, _job) = (address, job);

    public static async Task<LongTraining> StartAsync(string address)
    {
        var data = await Seed.InsectsAsync(address, each: 6);
        string[] endless = ["views=1", "phases[0].batchSize=1", "phases[0].epochs=10000", "phases[0].patience=10000"];
        return new LongTraining(address,
            await Seed.StartAsync(address, new { kind = "train", data, plan = "features+dense", priority = 100, set = endless }));
    }

    public async Task EndAsync()
    {
        _hasEnded = true;
        await Seed.CancelAsync(_address, _job);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_hasEnded) await EndAsync();
    }
}
