namespace CaptionTL.Web.Tests;

/// <summary>A page in a profile of its own; what the browser complains of fails the test.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _profile;
    private readonly List<string> _complaints = [];

    private Visit(IBrowserContext profile, IPage page, Func<string, bool> counts)
    {
        (_profile, Page) = (profile, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && counts(message.Text)) _complaints.Add($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Errors of scripts, and what the content security policy stopped.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <param name="complaints">Which of the browser's complaints count: it also tells of answers that say no, where a test wants
    /// one.</param>
    public static async Task<Visit> ToAsync(Site site, string path, ColorScheme colors = ColorScheme.Light, int width = 1280,
        int height = 900, string? address = null, Func<string, bool>? complaints = null)
    {
        var profile = await site.NewProfileAsync(colors, width, height, address);
        Assertions.SetDefaultExpectTimeout(60_000);
        var visit = new Visit(profile, await profile.NewPageAsync(), complaints ?? (_ => true));
        await visit.Page.GotoAsync(path);
        try
        {
            await visit.LiveAsync();
        }
        catch (PlaywrightException e)
        {
            throw new InvalidOperationException($"{path} does not come to life. The browser said: "
                + $"{string.Join('\n', visit._complaints)}\nThe host said: {site.Said}", e);
        }
        return visit;
    }

    /// <summary>Waits until the page is connected and its scripts listen.</summary>
    public async Task LiveAsync()
    {
        await Expect(Page.Locator(".frame[data-live]")).ToBeAttachedAsync();
        await Expect(Page.Locator(".drop:not([data-ready])")).ToHaveCountAsync(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _profile.CloseAsync();
        _complaints.ShouldBeEmpty();
    }
}
