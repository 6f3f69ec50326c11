using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.Security;

public sealed class KeyTests : IDisposable
{
    private const string Sets = "/api/v1/datasets";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Loopback_WithoutSettings_AsksForNoKey()
    {
        await using var service = await TestService.StartAsync();

        (await service.Http.GetAsync(Sets)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("caption", HttpStatusCode.Forbidden)]
    [InlineData("train", HttpStatusCode.OK)]
    [InlineData("admin", HttpStatusCode.OK)]
    public async Task Key_OpensWhatItsScopeAllows(string scope, HttpStatusCode status)
    {
        var key = await CreateAsync(scope);
        await using var service = await StartAsync();

        var byBearer = await SendAsync(service, Sets, h => h.Authorization = new AuthenticationHeaderValue("Bearer", key));
        var byHeader = await SendAsync(service, Sets, h => h.Add("X-Api-Key", key));
        (byBearer.StatusCode, byHeader.StatusCode).ShouldBe((status, status));
        if (status == HttpStatusCode.Forbidden) (await byBearer.ProblemAsync(status)).ShouldBe("scope_missing");
    }

    [Fact]
    public async Task Key_MissingWrongOrRevoked_OpensNothing()
    {
        var key = await CreateAsync("train");
        await using var service = await StartAsync();

        var none = await service.Http.GetAsync(Sets);
        none.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
        (await none.ProblemAsync(HttpStatusCode.Unauthorized)).ShouldBe("key_missing");
        foreach (var wrong in (string[])["nonsense", key[..^1], key[..^1] + (key[^1] == 'A' ? 'B' : 'A'), KeyText.Create()])
            (await (await SendAsync(service, Sets, h => h.TryAddWithoutValidation("X-Api-Key", wrong)))
                .ProblemAsync(HttpStatusCode.Unauthorized)).ShouldBe("key_unknown");

        (await SendAsync(service, Sets, h => h.Add("X-Api-Key", key))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Get<ApiKeyStore>().RevokeAsync("owner")).Count.ShouldBe(1);
        (await (await SendAsync(service, Sets, h => h.Add("X-Api-Key", key))).ProblemAsync(HttpStatusCode.Unauthorized))
            .ShouldBe("key_unknown");
    }

    [Fact]
    public async Task Keys_MadeListedAndRevokedByAnAdmin_AreToldOnce()
    {
        var admin = await CreateAsync("admin");
        await using var service = await StartAsync();
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);

        var made = await (await service.Http.PostAsJsonAsync("/api/v1/keys", new KeyRequest("camera", ["caption", "train"])))
            .ReadAsync<NewKey>(HttpStatusCode.Created);
        made.Info.Scopes.ShouldBe(["caption", "train"]);
        (await SendAsync(service, Sets, h => h.Authorization = new AuthenticationHeaderValue("Bearer", made.Key))).StatusCode.ShouldBe(
            HttpStatusCode.OK);
        (await (await SendAsync(service, "/api/v1/keys", h => h.Authorization = new AuthenticationHeaderValue("Bearer", made.Key)))
            .ProblemAsync(HttpStatusCode.Forbidden)).ShouldBe("scope_missing");
        var listed = await service.Http.GetStringAsync("/api/v1/keys");
        listed.ShouldContain(made.Info.Prefix);
        listed.ShouldNotContain(made.Key);
        (await (await service.Http.PostAsJsonAsync("/api/v1/keys", new KeyRequest("other", ["everything"])))
            .ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid_request");

        (await service.Http.DeleteAsync($"/api/v1/keys/{made.Info.Prefix}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(service, Sets, h => h.Authorization = new AuthenticationHeaderValue("Bearer", made.Key))).StatusCode.ShouldBe(
            HttpStatusCode.Unauthorized);
        (await (await service.Http.DeleteAsync($"/api/v1/keys/{made.Info.Prefix}")).ProblemAsync(HttpStatusCode.NotFound))
            .ShouldBe("not_found");
    }

    [Fact]
    public async Task Key_IsNotInTheDataFolder()
    {
        var key = await CreateAsync("train");

        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            text.ShouldNotContain(key);
            text.ShouldNotContain(key[KeyText.PrefixOf(key).Length..]);
        }
    }

    [Fact]
    public async Task Key_WhoUsedItIsRecorded()
    {
        var key = await CreateAsync("train");
        await using var service = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Sets) { Content = TestForm.Zip("insects", TestZip.Classes()),
            Headers = { { "X-Api-Key", key } } };

        var made = await (await service.Http.SendAsync(request)).ReadAsync<Contracts.DataSetDetails>(HttpStatusCode.Created);

        made.Changes.Single().By.ShouldBe("owner");
        (await service.Get<ApiKeyStore>().ListAsync()).Single().LastUsed.ShouldNotBeNull();
    }

    [Fact]
    public async Task Pages_WithoutAKey_LeadToSignIn_WhichLetsABrowserIn()
    {
        var key = await CreateAsync("train");
        await using var service = await StartAsync();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = service.Http.BaseAddress,
            DefaultRequestHeaders = { { "Accept", "text/html" } } };

        var away = await browser.GetAsync(Sets + "?x=1");
        away.Headers.Location!.OriginalString.ShouldBe("/sign-in?to=%2Fapi%2Fv1%2Fdatasets%3Fx%3D1");
        (await browser.GetAsync("/sign-in")).Headers.GetValues("Content-Security-Policy").Single()
            .ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self';");
        (await browser.GetStringAsync("/sign-in?to=%2F%22%3E%3Cscript%3E")).ShouldNotContain("<script>");
        (await browser.PostAsync("/sign-in", Form("wrong", "/"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var signedIn = await browser.PostAsync("/sign-in", Form(key, Sets));
        signedIn.Headers.Location!.OriginalString.ShouldBe(Sets);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
        (await browser.GetAsync(Sets)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.PostAsync("/sign-in", Form(key, "//evil.example"))).Headers.Location!.OriginalString.ShouldBe("/");
    }

    [Theory]
    [InlineData("", "caption")]
    [InlineData("name", "everything")]
    [InlineData("name", "")]
    [InlineData("two\nlines", "caption")]
    public async Task Create_BadNameOrScope_IsRefused(string name, string scope)
    {
        var store = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = _folder.Path }, new StorageOptions());

        await Should.ThrowAsync<CaptionTLException>(() => store.CreateAsync(name, scope.Length == 0 ? [] : [scope]));
    }

    [Fact]
    public async Task Description_OfTheApi_TellsHowAKeyIsSent()
    {
        await using var service = await TestService.StartAsync();

        var text = await service.Http.GetStringAsync("/openapi/v1.json");

        text.ShouldContain("\"scheme\": \"bearer\"");
        text.ShouldContain("/api/v1/datasets/{name}/images/{id}/thumbnail");
    }

    private static FormUrlEncodedContent Form(string key, string to) => new(new Dictionary<string, string> { ["key"] = key, ["to"] = to });

    private async Task<string> CreateAsync(string scope)
    {
        var store = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = _folder.Path }, new StorageOptions());
        return (await store.CreateAsync("owner", [scope])).Key;
    }

    private Task<TestService> StartAsync() => TestService.StartAsync(_folder.Path, "CaptionTL:Security:RequireKeys=true");

    private static Task<HttpResponseMessage> SendAsync(TestService service, string address, Action<HttpRequestHeaders> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        headers(request.Headers);
        return service.Http.SendAsync(request);
    }
}
