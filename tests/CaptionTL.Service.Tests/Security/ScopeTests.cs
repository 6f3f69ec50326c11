using System.Net;
using System.Net.Http.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;
using CaptionTL.Service.Tests.Registry;
using CaptionTL.Tests;
using Microsoft.EntityFrameworkCore;

namespace CaptionTL.Service.Tests.Security;

/// <summary>Which key opens what, and what is remembered of its owner.</summary>
[Collection("jobs")]
public sealed class ScopeTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _keys = [];
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        var store = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = _folder.Path }, new StorageOptions());
        foreach (var scope in (string[])["caption", "train", "admin"])
            _keys[scope] = (await store.CreateAsync($"{scope}'s owner", [scope])).Key;
        _service = await TestService.StartAsync(_folder.Path, "CaptionTL:Security:RequireKeys=true", "CaptionTL:Worker:Enabled=false");
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Key_OfEachScope_OpensWhatItIsForAndNothingElse()
    {
        for (var i = 0; i < 3; i++) await Published.AddAsync(_service, "mine");
        (string What, Func<string, Task<HttpStatusCode>> Ask, string[] Opens)[] matrix =
        [
            ("caption", key => StatusAsync(key, HttpMethod.Post, "/api/v1/caption?beam=1", new ByteArrayContent(TestImages.Jpeg(1))),
                ["caption"]),
            ("list jobs", key => StatusAsync(key, HttpMethod.Get, "/api/v1/jobs"), ["train"]),
            ("promote", key => StatusAsync(key, HttpMethod.Post, "/api/v1/models/mine/promote",
                JsonContent.Create(new { version = 2 })), []),
            ("delete a version", key => StatusAsync(key, HttpMethod.Delete, "/api/v1/models/mine/versions/3"), []),
            ("list keys", key => StatusAsync(key, HttpMethod.Get, "/api/v1/keys"), []),
        ];

        foreach (var (what, ask, opens) in matrix)
        {
            (await ask("")).ShouldBe(HttpStatusCode.Unauthorized, what);
            foreach (var scope in (string[])["caption", "train"])
                (await ask(_keys[scope])).ShouldBe(opens.Contains(scope) ? HttpStatusCode.OK : HttpStatusCode.Forbidden,
                    $"{what} with {scope}");
            (await ask(_keys["admin"])).ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.NoContent);
        }
    }

    [Fact]
    public async Task JobAndPromotion_AskedForWithAKey_AreKeptWithItsOwner()
    {
        for (var i = 0; i < 2; i++) await Published.AddAsync(_service, "mine");
        using (var upload = TestForm.Zip("toy", TestZip.Classes()))
            (await StatusAsync(_keys["train"], HttpMethod.Post, "/api/v1/datasets", upload)).ShouldBe(HttpStatusCode.Created);

        (await StatusAsync(_keys["train"], HttpMethod.Post, "/api/v1/jobs",
            JsonContent.Create(new { kind = "embed", data = "toy", plan = "features+logistic" }))).ShouldBe(HttpStatusCode.Accepted);
        (await StatusAsync(_keys["admin"], HttpMethod.Post, "/api/v1/models/mine/promote", JsonContent.Create(new { version = 2 })))
            .ShouldBe(HttpStatusCode.OK);

        (await GetAsync<JobPage>("train", "/api/v1/jobs?kind=embed")).Jobs.Single().By.ShouldBe("train's owner");
        await using var database = await _service.Get<IDbContextFactory<ServiceDb>>().CreateDbContextAsync(Cancellation);
        (await database.Set<ModelUseRecord>().OrderByDescending(u => u.Id).FirstAsync(Cancellation)).By.ShouldBe("admin's owner");
    }

    [Fact]
    public async Task Log_OfAJob_IsReadPartByPart()
    {
        var job = await _service.Get<JobStore>().AddAsync(new JobRecord { Kind = JobKind.Train, State = JobState.Queued, Data = "toy@1",
            Model = "mine", Request = """{"kind":"train","data":"toy"}""" }, default);
        var leases = _service.Get<JobLeases>();
        var (lease, _) = (await leases.ClaimAsync(job.Id, default))!.Value;
        await leases.RenewAsync(lease, null, ["one", "two", "three"], attempt: 1);

        var first = await GetAsync<JobLog>("train", $"/api/v1/jobs/{job.Id}/log?limit=2");
        var rest = await GetAsync<JobLog>("train", $"/api/v1/jobs/{job.Id}/log?after={first.Next}");

        first.Lines.Select(l => (l.Attempt, l.Text)).ShouldBe([(1, "one"), (1, "two")]);
        rest.Lines.Select(l => l.Text).ShouldBe(["three"]);
        (await GetAsync<JobLog>("train", $"/api/v1/jobs/{job.Id}/log?after={rest.Next}")).Lines.ShouldBeEmpty();
        (await StatusAsync(_keys["train"], HttpMethod.Get, "/api/v1/jobs/999/log")).ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<T> GetAsync<T>(string scope, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Api-Key", _keys[scope] } } };
        return await (await _service.Http.SendAsync(request, Cancellation)).ReadAsync<T>();
    }

    private async Task<HttpStatusCode> StatusAsync(string key, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key.Length > 0) request.Headers.Add("X-Api-Key", key);
        using var response = await _service.Http.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
