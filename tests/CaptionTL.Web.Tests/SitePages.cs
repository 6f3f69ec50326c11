namespace CaptionTL.Web.Tests;

/// <summary>Addresses of all pages that anybody can open at any time.</summary>
internal static class SitePages
{
    public static IReadOnlyList<string> All { get; } = ["/", "/classify", "/teach", "/data", "/train", "/runs", "/system", "/not-found"];

    /// <summary>Pages of data sets and of what learned from them, made for this, with names to tell them by.</summary>
    public static async Task<IReadOnlyList<(string Name, string Path)>> OfTrainedModelsAsync(Site site)
    {
        var (data, shapes) = (await Seed.InsectsAsync(site.Address, each: 12), await Seed.ShapesAsync(site.Address, pictures: 40));
        var job = await Seed.TrainAsync(site.Address, data, promote: true);
        var race = await Seed.RaceAsync(site.Address, data);
        var captions = await Seed.CaptionsAsync(site.Address, shapes);
        return
        [
            ("data-of-insects", $"/data/{data}"), ("train-of-insects", $"/train?data={data}"), ("teach-of-insects", $"/teach/{data}"),
            ("jobs-of-insects", $"/jobs/{job.Id}"), ("runs-of-insects", $"/runs/{job.Id}"), ("runs-of-a-race", $"/runs/{race.Id}"),
            ("runs-of-captions", $"/runs/{captions.Id}"),
        ];
    }
}
