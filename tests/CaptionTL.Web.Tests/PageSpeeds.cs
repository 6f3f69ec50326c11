using System.Globalization;

namespace CaptionTL.Web.Tests;

/// <summary>
/// How long pages and a large photo take, printed for people: tests/CaptionTL.Web.Tests/bin/Release/net10.0/CaptionTL.Web.Tests -explicit
/// only -class '*PageSpeeds'.
/// </summary>
public sealed class PageSpeeds(Site site)
{
    private const int Times = 7;

    [Fact(Explicit = true)]
    public async Task Pages_OpenedInAnEmptyProfile_ArePainted()
    {
        foreach (var path in SitePages.All)
        {
            var painted = new List<double>();
            for (var i = 0; i < Times; i++)
            {
                await using var visit = await Visit.ToAsync(site, path);
                // Milliseconds from the click: the largest text or image that was painted before anything was touched.
                painted.Add(await visit.Page.EvaluateAsync<double>("() => new Promise(done => new PerformanceObserver(list => "
                    + "done(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }))"));
            }
            Print($"{path}: largest contentful paint", painted);
        }
    }

    [Fact(Explicit = true)]
    public async Task PhotoOf12Megapixels_Chosen_IsCaptioned()
    {
        await using var visit = await Visit.ToAsync(site, "/");
        var page = visit.Page;
        var megabytes = 0.0;
        var (first, whole) = (new List<double>(), new List<double>());
        for (var i = 0; i <= Times; i++)
        {
            await page.ReloadAsync();
            await visit.LiveAsync();
            var photo = await PhotoAsync(page);
            await page.EvaluateAsync(
                """
                () => {
                  document.querySelector('[data-drop-input]').addEventListener('change',
                      () => { window.began = performance.now(); }, { capture: true });
                  new MutationObserver(() => {
                    if (!window.first && document.querySelector('.caption-card .word')) window.first = performance.now() - window.began;
                    if (!window.whole && document.querySelector('.caption-card .alternative'))
                        window.whole = performance.now() - window.began;
                  }).observe(document.body, { childList: true, subtree: true });
                }
                """);
            await page.Locator("[data-drop-input]")
                .SetInputFilesAsync(new FilePayload { Name = "photo.jpg", MimeType = "image/jpeg", Buffer = photo });
            await page.WaitForFunctionAsync("() => window.whole");
            megabytes = photo.Length / 1e6;
            if (i == 0) continue; // the first one warms everything up
            first.Add(await page.EvaluateAsync<double>("() => window.first"));
            whole.Add(await page.EvaluateAsync<double>("() => window.whole"));
        }
        Print($"photo of 4032 × 3024 pixels, {megabytes:0.0} MB: first word after the drop", first);
        Print("whole caption and its alternatives", whole);
    }

    // A sample with as much grain as makes a file as large as a telephone's; another one each time, so that no answer is known yet.
    private static async Task<byte[]> PhotoAsync(IPage page) => Convert.FromBase64String(await page.EvaluateAsync<string>(
        """
        async () => {
          const sample = await createImageBitmap(await (await fetch('/samples/rocket.jpg')).blob());
          const canvas = new OffscreenCanvas(4032, 3024), context = canvas.getContext('2d');
          context.drawImage(sample, 0, 0, 4032, 3024);
          const pixels = context.getImageData(0, 0, 4032, 3024);
          for (let i = 0; i < pixels.data.length; i++) pixels.data[i] += (Math.random() - 0.5) * 24;
          context.putImageData(pixels, 0, 0);
          const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
          const address = await new Promise(done => { const reader = new FileReader();
              reader.onload = () => done(reader.result); reader.readAsDataURL(blob); });
          return address.split(',')[1];
        }
        """));

    private static void Print(string what, List<double> milliseconds) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: median "
            + $"{milliseconds.Order().ElementAt(milliseconds.Count / 2):0} ms, longest {milliseconds.Max():0} ms of "
            + $"{milliseconds.Count}"));
}
