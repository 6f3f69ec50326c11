using System.Net;
using System.Text.RegularExpressions;
using CaptionTL.Service;
using CaptionTL.Service.Api;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;

namespace CaptionTL.Web.Tests;

public sealed class HeaderTests(Site site)
{
    [Fact]
    public async Task Pages_RunOnlyScriptsOfTheirHost_AndHaveNoneInline()
    {
        using var http = new HttpClient { BaseAddress = new Uri(site.Address) };
        foreach (var path in (string[])[.. SitePages.All, "/sign-in"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } };
            using var answer = await http.SendAsync(request);

            var policy = Single(answer, "Content-Security-Policy").Split(';', StringSplitOptions.TrimEntries)
                .ToDictionary(part => part.Split(' ')[0], part => part.Split(' ', 2)[1]);
            policy["script-src"].ShouldBe("'self'", path);
            policy["default-src"].ShouldBeOneOf("'self'", "'none'");
            policy["form-action"].ShouldBe("'self'", path);
            policy["frame-ancestors"].ShouldBe("'none'", path);
            policy["base-uri"].ShouldBeOneOf("'self'", "'none'");
            Single(answer, "X-Content-Type-Options").ShouldBe("nosniff", path);
            Single(answer, "X-Frame-Options").ShouldBe("DENY", path);
            Single(answer, "Referrer-Policy").ShouldBe("same-origin", path);
            var page = await answer.Content.ReadAsStringAsync();
            Regex.Matches(page, "<script(?![^>]*\\ssrc=)[^>]*>", RegexOptions.IgnoreCase).ShouldBeEmpty(path);
            Regex.Count(page, "<script[^>]*\\ssrc=", RegexOptions.IgnoreCase).ShouldBeGreaterThan(0, path);
            Regex.Matches(page, "<[^>!]*\\son[a-z]+\\s*=[^>]*>", RegexOptions.IgnoreCase).ShouldBeEmpty(path);
            Regex.Matches(page, "javascript:", RegexOptions.IgnoreCase).ShouldBeEmpty(path);
            foreach (var cookie in Cookies(answer)) IsOurs(cookie);
        }
    }

    [Fact]
    public async Task Key_OfWhoSignsIn_IsKeptFromScriptsAndOtherSites()
    {
        Assert.SkipUnless(Site.HasBrowser, "needs Debian's chromium");
        await using var service = new WebService("CaptionTL:Security:RequireKeys=true", "CaptionTL:Serving:WarmUp=false");
        var keys = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = service.Data }, new StorageOptions());
        var (key, _) = await keys.CreateAsync("anna", [ApiScope.Train]);
        await service.StartAsync();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(service.Address) };

        // A form on another site's page: neither in nor out.
        foreach (var path in (string[])["/sign-in", "/sign-out"])
        {
            using var foreign = await PostAsync(http, path, key, "https://evil.example");
            foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            Cookies(foreign).ShouldBeEmpty(path);
        }
        using var own = await PostAsync(http, "/sign-in", key, service.Address);

        own.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var cookie = Cookies(own).ShouldHaveSingleItem();
        cookie.ShouldStartWith("captiontl-key=");
        IsOurs(cookie);
        using var request = new HttpRequestMessage(HttpMethod.Get,
            "/") { Headers = { { "Cookie", cookie.Split(';')[0] }, { "Accept", "text/html" } } };
        using var page = await http.SendAsync(request);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync()).ShouldNotContain(key, Case.Sensitive, "the key goes to the circuit encrypted");
        foreach (var other in Cookies(page)) IsOurs(other);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string path, string key, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post,
            path) { Content = new FormUrlEncodedContent([new("key", key), new("to", "/")]), Headers = { { "Origin", origin } } };
        return await http.SendAsync(request);
    }

    private static string Single(HttpResponseMessage answer, string header) => answer.Headers.GetValues(header).ShouldHaveSingleItem();

    private static IEnumerable<string> Cookies(HttpResponseMessage answer) => answer.Headers.TryGetValues("Set-Cookie", out var cookies)
        ? cookies : [];

    private static void IsOurs(string cookie)
    {
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
    }
}
