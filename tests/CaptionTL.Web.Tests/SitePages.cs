namespace CaptionTL.Web.Tests;

/// <summary>Addresses of all pages that anybody can open at any time.</summary>
internal static class SitePages
{
    public static IReadOnlyList<string> All { get; } = ["/", "/classify", "/teach", "/data", "/train", "/runs", "/system", "/not-found"];

    /// <summary>Pages of data sets and of what learned from them, made for this, with names to tell them by.</summary>
    public static async Task<IReadOnlyList<(string Name, string Path)>> OfTrainedModelsAsync(Site site)
    {
        var (data, shapes) = (await Seed.InsectsAsync(site.Address, each: 12), await Seed.ShapesAsync(site.Address, images: 40));
        var job = await Seed.TrainAsync(site.Address, data, promote: true);
        var race = await Seed.RaceAsync(site.Address, data);
        long[] compared = [(await Seed.DenseAsync(site.Address, data, epochs: 2)).Id,
            (await Seed.DenseAsync(site.Address, data, epochs: 4)).Id];
        var captions = await Seed.CaptionsAsync(site.Address, shapes);
        return
        [
            ("data-of-insects", $"/data/{data}"), ("train-of-insects", $"/train?data={data}"), ("teach-of-insects", $"/teach/{data}"),
            ("jobs-of-insects", $"/jobs/{job.Id}"), ("runs-of-insects", $"/runs/{job.Id}"), ("runs-of-a-race", $"/runs/{race.Id}"),
            ("runs-of-captions", $"/runs/{captions.Id}"), ("runs-compared", $"/runs#{compared[0]},{compared[1]}"),
        ];
    }

    /// <summary>
    /// Opens what is closed at first: a cell of a confusion matrix; of runs to be compared, named behind a #, their curves.
    /// </summary>
    public static async Task OpenAsync(IPage page, string path)
    {
        if (path.StartsWith("/runs#", StringComparison.Ordinal))
        {
            foreach (var run in path["/runs#".Length..].Split(','))
                await page.GetByLabel($"Compare run {run}", new() { Exact = true }).CheckAsync();
            await Expect(page.Locator(".comparison .legend").First).ToBeVisibleAsync();
        }
        if (await page.Locator(".matrix button").CountAsync() == 0) return;
        await page.Locator(".matrix button").First.ClickAsync();
        await Expect(page.Locator(".images img").First).ToBeVisibleAsync();
    }
}
