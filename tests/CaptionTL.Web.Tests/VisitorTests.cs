using System.Security.Claims;
using CaptionTL.Service;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;
using CaptionTL.Web.Components.Shared;
using CaptionTL.Web.Visitors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CaptionTL.Web.Tests;

/// <summary>The API's policies hold for what pages do within the process.</summary>
public sealed class VisitorTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<WebApplication> _apps = [];

    [Fact]
    public async Task Admin_WithAKeyForTraining_IsRefused()
    {
        var (visitor, _) = await VisitAsync(keysRequired: true, ApiScope.Caption, ApiScope.Train);

        (await visitor.GetRequiredService<VisitorJobs>().PageAsync(10, default)).Total.ShouldBe(0);
        await RefusedAsync(403, "scope_missing", () => visitor.GetRequiredService<VisitorSystem>().KeysAsync());
        await RefusedAsync(403, "scope_missing", () => visitor.GetRequiredService<VisitorSystem>().CreateKeyAsync("me", [ApiScope.Admin]));
        await RefusedAsync(403, "scope_missing", () => visitor.GetRequiredService<VisitorSystem>().RevokeKeyAsync("captiontl_12345678"));
        var models = visitor.GetRequiredService<VisitorModels>();
        await RefusedAsync(403, "scope_missing", () => models.PromoteAsync("toy", 1));
        await RefusedAsync(403, "scope_missing", () => models.RollBackAsync("toy"));
        await RefusedAsync(403, "scope_missing", () => models.MakeDefaultAsync("toy"));
    }

    [Fact]
    public async Task Train_WithAKeyForCaptions_IsRefused()
    {
        var (visitor, _) = await VisitAsync(keysRequired: true, ApiScope.Caption);
        var (sets, jobs, runs) = (visitor.GetRequiredService<VisitorDataSets>(), visitor.GetRequiredService<VisitorJobs>(),
            visitor.GetRequiredService<VisitorRuns>());
        var image = new PickedImage("a.png", null, 1, 1, null, null);

        await visitor.GetRequiredService<VisitorModels>().AllAsync();
        foreach (var action in (Func<Task>[])
        [
            () => sets.AllAsync(), () => sets.GetAsync("bees"), () => sets.CreateAsync("bees", DataSetKind.Classes),
            () => sets.DeleteAsync("bees"), () => sets.ImagesAsync("bees", new ImageQuery(), 0, 10),
            () => sets.AddAsync("bees", image, null), () => sets.ChangeAsync("bees", 1, new DataSetImageChange()),
            () => sets.MoveAsync("bees", new DataSetImagesChange([1])), () => sets.RemoveAsync("bees", 1),
            () => sets.FindNearDuplicatesAsync("bees"), () => sets.NearDuplicatesAsync("bees"),
            () => jobs.StartAsync(new JobRequest { Kind = JobKind.Embed, Data = "bees" }), () => jobs.PageAsync(10, default),
            () => jobs.TrainingsAsync("bees", "bees", default), () => jobs.GetAsync(1, default), () => jobs.PauseAsync(1),
            () => jobs.ResumeAsync(1), () => jobs.CancelAsync(1), () => jobs.AgainAsync(1), () => jobs.LogAsync(1, 0, default),
            () => jobs.QuoteAsync(new JobRequest { Kind = JobKind.Train, Data = "bees" }, default),
            async () => await jobs.FollowAsync(1, default).GetAsyncEnumerator().MoveNextAsync(),
            () => runs.PageAsync(0, default), () => runs.GetAsync(1, default), () => runs.MetricsAsync(1, null, 0, default),
            () => runs.SamplesAsync(1, null, default), () => runs.ConfusionAsync(1, null, default),
            () => runs.ConfusedAsync(1, null, "a", "b", 0, default), () => visitor.GetRequiredService<VisitorSystem>().CacheAsync(),
            () => visitor.GetRequiredService<VisitorImages>().SimilarAsync(image, new ModelUsed("bees", 1), default),
        ]) await RefusedAsync(403, "scope_missing", action);
    }

    [Fact]
    public async Task Anything_WithARevokedKey_IsRefusedFromThenOn()
    {
        var (visitor, keys) = await VisitAsync(keysRequired: true, ApiScope.Admin);
        var system = visitor.GetRequiredService<VisitorSystem>();
        var mine = (await system.KeysAsync()).ShouldHaveSingleItem();

        await keys.RevokeAsync(mine.Prefix);

        await RefusedAsync(401, "key_unknown", () => system.KeysAsync());
        await RefusedAsync(401, "key_unknown", () => visitor.GetRequiredService<VisitorDataSets>().AllAsync());
    }

    [Fact]
    public async Task Anything_WithoutAKey_IsRefusedWhereKeysAreRequiredOnly()
    {
        var (stranger, _) = await VisitAsync(keysRequired: true);
        await RefusedAsync(401, "key_missing", () => stranger.GetRequiredService<VisitorDataSets>().AllAsync());

        var (neighbour, _) = await VisitAsync(keysRequired: false);
        (await neighbour.GetRequiredService<VisitorDataSets>().AllAsync()).ShouldBeEmpty();
        (await neighbour.GetRequiredService<VisitorSystem>().KeysAsync()).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps) await app.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The services of a page whose visitor signed in with a key of these scopes, or with none.</summary>
    private async Task<(IServiceProvider Visitor, ApiKeyStore Keys)> VisitAsync(bool keysRequired, params string[] scopes)
    {
        var data = Path.Combine(_folder.Path, _apps.Count.ToString());
        var builder = WebApplication.CreateBuilder(["--Logging:Console:LogLevel:Default=None", $"--CaptionTL:Data={data}",
            $"--CaptionTL:Security:RequireKeys={keysRequired}"]);
        builder.AddCaptionTL();
        builder.AddWeb();
        var app = builder.Build();
        _apps.Add(app);
        var keys = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = data }, new StorageOptions());
        var services = app.Services.CreateScope().ServiceProvider;
        var user = new ClaimsPrincipal();
        if (scopes.Length > 0)
        {
            var (key, _) = await keys.CreateAsync("visitor", scopes);
            var request = new DefaultHttpContext { RequestServices = services };
            request.Request.Headers.Authorization = $"Bearer {key}";
            user = (await request.AuthenticateAsync()).Principal!;
        }
        ((IHostEnvironmentAuthenticationStateProvider)services.GetRequiredService<AuthenticationStateProvider>())
            .SetAuthenticationState(Task.FromResult(new AuthenticationState(user)));
        return (services, keys);
    }

    private static async Task RefusedAsync(int status, string code, Func<Task> action)
    {
        var refused = await action.ShouldThrowAsync<ApiException>();
        (refused.Status, refused.Code).ShouldBe((status, code));
    }
}
