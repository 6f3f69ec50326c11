namespace CaptionTL.Web.Tests;

/// <summary>Addresses of all pages that anybody can open at any time.</summary>
internal static class SitePages
{
    public static IReadOnlyList<string> All { get; } = ["/", "/classify", "/teach", "/data", "/train", "/runs", "/system", "/not-found"];

    /// <summary>Pages of a data set and of what learned from it, made for this.</summary>
    public static async Task<IReadOnlyList<string>> OfATrainedModelAsync(Site site)
    {
        var data = await Seed.InsectsAsync(site.Address, each: 12);
        var job = await Seed.TrainAsync(site.Address, data, promote: true);
        return [$"/data/{data}", $"/train?data={data}", $"/teach/{data}", $"/jobs/{job.Id}", $"/runs/{job.Id}"];
    }
}
