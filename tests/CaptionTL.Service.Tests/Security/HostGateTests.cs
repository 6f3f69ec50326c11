using System.Net;
using System.Text;

namespace CaptionTL.Service.Tests.Security;

public sealed class HostGateTests
{
    private const string Sets = "/api/v1/datasets";

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:8080", true)]
    [InlineData("127.0.0.1:9", true)]
    [InlineData("[::1]:9", true)]
    [InlineData("photos.example", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("localhost.evil.example:8080", false)]
    [InlineData("192.168.1.10", false)]
    public async Task Request_UnderAName_IsAnsweredOnlyUnderOwnOnes(string host, bool answered)
    {
        await using var service = await TestService.StartAsync(null, "CaptionTL:Security:AllowedHosts:0=photos.example");
        using var request = new HttpRequestMessage(HttpMethod.Get, Sets) { Headers = { Host = host } };

        var answer = await service.Http.SendAsync(request);

        if (answered) answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        else (await answer.ProblemAsync(HttpStatusCode.MisdirectedRequest)).ShouldBe("host_not_allowed");
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Origin", "http://localhost:1", false)]
    [InlineData("Origin", "https://friend.example", true)]
    [InlineData("Origin", "own", true)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    public async Task Change_ByAPage_OnlyOfThisSiteOrFriends(string header, string value, bool allowed)
    {
        await using var service = await TestService.StartAsync(null, "CaptionTL:Security:AllowedOrigins:0=https://friend.example");
        var origin = value == "own" ? service.Http.BaseAddress!.GetLeftPart(UriPartial.Authority) : value;
        using var request = new HttpRequestMessage(HttpMethod.Post, Sets) { Content = TestForm.Zip("insects", TestZip.Classes()) };
        request.Headers.Add(header, origin);

        var answer = await service.Http.SendAsync(request);

        if (allowed) answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        else (await answer.ProblemAsync(HttpStatusCode.Forbidden)).ShouldBe("origin_not_allowed");
    }

    [Fact]
    public async Task Cors_IsClosed_AndOpenForFriends()
    {
        await using var closed = await TestService.StartAsync();
        await using var open = await TestService.StartAsync(null, "CaptionTL:Security:AllowedOrigins:0=https://friend.example");

        (await PreflightAsync(closed, "https://friend.example")).ShouldBeNull();
        (await PreflightAsync(open, "https://friend.example")).ShouldBe("https://friend.example");
        (await PreflightAsync(open, "https://evil.example")).ShouldBeNull();
    }

    [Fact]
    public async Task Answers_CarryWhatBrowsersShouldKnow()
    {
        await using var service = await TestService.StartAsync();

        foreach (var address in (string[])[Sets, Sets + "/none"])
        {
            var answer = await service.Http.GetAsync(address);
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
            answer.Headers.Contains("Server").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Body_LargerThanTheLimit_IsRefused()
    {
        await using var service = await TestService.StartAsync(null, "CaptionTL:Security:MaxRequestBytes=1000");
        using var content = new StringContent("{\"name\": \"" + new string('x', 2000) + "\"}", Encoding.UTF8, "application/json");

        (await (await service.Http.PostAsync(Sets + "/uploads", content)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge))
            .ShouldBe("request_too_large");
    }

    private static async Task<string?> PreflightAsync(TestService service, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options,
            Sets) { Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "POST" } } };
        var answer = await service.Http.SendAsync(request);
        return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null;
    }
}
