using System.Collections;

[assembly: AssemblyFixture(typeof(CaptionTL.Web.Tests.Site))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace CaptionTL.Web.Tests;

/// <summary>The running service and a browser, shared by all tests; each test has a profile of its own.</summary>
public sealed class Site : IAsyncLifetime
{
    public const string Chromium = "/usr/bin/chromium";

    private readonly WebService _service = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static bool HasBrowser => File.Exists(Chromium);

    /// <summary>Of the running service; the test is skipped where it cannot be looked at.</summary>
    public string Address
    {
        get
        {
            Assert.SkipUnless(HasBrowser, "needs Debian's chromium");
            return _service.Address;
        }
    }

    public string Said => _service.Said;

    public async ValueTask InitializeAsync()
    {
        if (!HasBrowser) return;
        await _service.StartAsync();
        _playwright = await Playwright.CreateAsync();
        // Where no locale is set, Chromium cannot read the names of files beyond ASCII.
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string)v.Value!);
        environment["LC_ALL"] = "C.UTF-8";
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Env = environment,
            Args = ["--no-sandbox", "--disable-background-networking", "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream"] });
    }

    /// <summary>An empty profile: nothing stored, no cookies.</summary>
    public async Task<IBrowserContext> NewProfileAsync(ColorScheme colors = ColorScheme.Light, int width = 1280, int height = 900,
        string? address = null)
    {
        var own = Address;
        var profile = await _browser!.NewContextAsync(new() { BaseURL = address ?? own, ColorScheme = colors,
            ViewportSize = new() { Width = width, Height = height } });
        profile.SetDefaultTimeout(60_000);
        return profile;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        await _service.DisposeAsync();
    }
}
