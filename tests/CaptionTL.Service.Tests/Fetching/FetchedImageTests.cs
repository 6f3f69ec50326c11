using System.Net;
using System.Net.Http.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Fetching;
using CaptionTL.Service.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CaptionTL.Service.Tests.Fetching;

/// <summary>Images by their address through the API.</summary>
public sealed class FetchedImageTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Caption_OfAddresses_HasTheProblemOfARefusedOneInItsPlace()
    {
        await using var server = await ImageServer.StartAsync();
        await using var service = await StartAsync(new FetchingOptions { Enabled = true, Timeout = TimeSpan.FromMinutes(1) });

        var answer = await (await AskAsync(service, server.At("images.example", "/image.jpg?size=large"),
            server.At("inside.example", "/image.jpg"), "http://images.example/image.jpg")).ReadAsync<CaptionAnswer>();

        answer.Results.Select(r => r.Problem?.Code).ShouldBe([null, "url_not_public", "url_invalid"]);
        answer.Results.Select(r => r.Name).ShouldBe(["image.jpg", "image.jpg", "image.jpg"]);
        using var same = new ByteArrayContent(ImageServer.Image);
        answer.Results[0].Caption.ShouldBe((await (await service.Http.PostAsync("/api/v1/caption?beam=1", same, Cancellation))
            .ReadAsync<CaptionAnswer>()).Results[0].Caption);
        (await (await AskAsync(service, server.At("inside.example", "/image.jpg"))).ProblemAsync(HttpStatusCode.BadRequest))
            .ShouldBe("url_not_public");
    }

    [Fact]
    public async Task Caption_OfMoreAddressesThanAreFetchedAtOnce_WaitsForEach()
    {
        await using var server = await ImageServer.StartAsync();
        await using var service = await StartAsync(new FetchingOptions { Enabled = true, AtOnce = 2, Timeout = TimeSpan.FromMinutes(5) });

        var answer = await (await AskAsync(service,
            [.. Enumerable.Range(0, 20).Select(i => server.At("images.example", $"/image.jpg?{i}"))])).ReadAsync<CaptionAnswer>();

        answer.Results.Count.ShouldBe(20);
        answer.Results.ShouldAllBe(r => r.Problem == null && r.Caption == answer.Results[0].Caption);
        service.Get<Admission>().Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Caption_OfAddressesWithMoreBytesThanARequestMayHave_IsRefused()
    {
        await using var server = await ImageServer.StartAsync();
        var most = Samples.Bytes("rocket.jpg").Length * 5 / 2;
        await using var service = await StartAsync(new FetchingOptions { Enabled = true, Timeout = TimeSpan.FromMinutes(1) },
            $"CaptionTL:Serving:MaxRequestBytes={most}");
        string[] three = [.. Enumerable.Repeat(server.At("images.example", "/photo.jpg"), 3)];

        (await (await AskAsync(service, three)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("request_too_large");
        (await (await AskAsync(service, three[..2])).ReadAsync<CaptionAnswer>()).Results.Count.ShouldBe(2);
    }

    private static Task<TestService> StartAsync(FetchingOptions options, params string[] settings) =>
        TestService.StartAsync(null, (WebApplicationBuilder builder) =>
            builder.Services.AddSingleton(ImageServer.Fetcher(options)), settings);

    private static Task<HttpResponseMessage> AskAsync(TestService service, params string[] urls) =>
        service.Http.PostAsJsonAsync("/api/v1/caption?beam=1", new { images = urls.Select(url => new { url }) }, Cancellation);
}
