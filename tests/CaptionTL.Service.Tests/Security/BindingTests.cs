using System.Net;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.Security;

public sealed class BindingTests
{
    private const string AllAddresses = "Kestrel:Endpoints:All:Url=http://0.0.0.0:0";

    [Fact]
    public async Task Start_OffHostWithoutAKey_IsRefusedWithTheCommandThatMakesOne()
    {
        using var folder = new TemporaryFolder();

        var refused = await Should.ThrowAsync<CaptionTLException>(() => TestService.StartAsync(folder.Path, AllAddresses));

        refused.Message.ShouldContain($"captiontl keys create --name NAME --scopes caption,train --data {folder.Path}");
    }

    [Fact]
    public async Task Start_KeysRequiredWithoutAKey_IsRefused()
    {
        using var folder = new TemporaryFolder();

        (await Should.ThrowAsync<CaptionTLException>(() =>
            TestService.StartAsync(folder.Path, "CaptionTL:Security:RequireKeys=true"))).Message.ShouldContain("keys create");
    }

    [Fact]
    public async Task Start_OffHostWithAKey_AsksForIt()
    {
        using var folder = new TemporaryFolder();
        var store = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = folder.Path }, new StorageOptions());
        var (key, _) = await store.CreateAsync("owner", ["train"]);
        await using var service = await TestService.StartAsync(folder.Path, AllAddresses);
        var address = $"http://127.0.0.1:{service.Http.BaseAddress!.Port}/api/v1/datasets";

        (await (await service.Http.GetAsync(address)).ProblemAsync(HttpStatusCode.Unauthorized)).ShouldBe("key_missing");
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "X-Api-Key", key } } };
        (await service.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://127.8.8.8:80", true)]
    [InlineData("http://[::1]:8080", true)]
    [InlineData("http://localhost:5000", true)]
    [InlineData("http://unix:/run/captiontl.sock", true)]
    [InlineData("http://0.0.0.0:8080", false)]
    [InlineData("http://[::]:8080", false)]
    [InlineData("http://*:8080", false)]
    [InlineData("http://+:8080", false)]
    [InlineData("https://10.0.0.5:8443", false)]
    [InlineData("http://myhost:80", false)]
    public void IsLocal_OfAnAddress_TellsWhetherOthersReachIt(string address, bool local) => KeyRequirement.IsLocal(address)
        .ShouldBe(local);
}
