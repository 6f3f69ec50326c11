using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Registry;
using CaptionTL.Service.Tests.Jobs;

namespace CaptionTL.Service.Tests.Registry;

[Collection("jobs")]
public sealed class ModelEndpointsTests
{
    [Fact]
    public async Task Versions_PromotedRolledBackAndDeleted_AreWhatAnswersFromThenOn()
    {
        await using var service = await TestService.StartAsync(settings: "CaptionTL:Worker:Enabled=false");
        var catalog = service.Get<ModelRegistry>();
        var installed = catalog.Find("caption", null);
        for (var i = 0; i < 3; i++) await Published.AddAsync(service, "mine");

        // The first version of a new name is used at once, later ones wait.
        catalog.Find("caption", "mine").Version.ShouldBe(1);
        catalog.Find("caption", "mine@3").Version.ShouldBe(3);
        catalog.Find("caption", null).ShouldBe(installed);

        (await PostAsync(service, "promote", new { version = 2 })).InUse.ShouldBe(2);
        catalog.Find("caption", "mine").Version.ShouldBe(2);
        File.Exists(catalog.Find("caption", "mine").Path).ShouldBeTrue();
        (await PostAsync(service, "promote", new { })).InUse.ShouldBe(3);
        (await PostAsync(service, "rollback", null)).InUse.ShouldBe(2);
        (await PostAsync(service, "default", null)).Default.ShouldBeTrue();
        catalog.Find("caption", null).ShouldBe(catalog.Find("caption", "mine"));

        (await StatusAsync(service, HttpMethod.Delete, "/api/v1/models/mine/versions/2"))
            .ShouldBe((HttpStatusCode.Conflict, "version_in_use"));
        (await StatusAsync(service, HttpMethod.Delete, "/api/v1/models/mine/versions/1")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await StatusAsync(service, HttpMethod.Post, "/api/v1/models/mine/rollback"))
            .ShouldBe((HttpStatusCode.Conflict, "nothing_to_roll_back"));
        (await StatusAsync(service, HttpMethod.Post, "/api/v1/models/mine/promote", """{"version":"""
            + """1}""")).ShouldBe((HttpStatusCode.NotFound, "not_found"));
        (await StatusAsync(service, HttpMethod.Delete, $"/api/v1/models/{installed.Name}/versions/1"))
            .ShouldBe((HttpStatusCode.Conflict, "version_installed"));
        (await StatusAsync(service, HttpMethod.Get, "/api/v1/models/nobody")).ShouldBe((HttpStatusCode.NotFound, "not_found"));

        // A number is given once.
        await Published.AddAsync(service, "mine");
        (await PostAsync(service, "promote", new { })).Versions.Select(v => v.Version).ShouldBe([4, 3, 2]);
    }

    [Fact]
    public async Task Version_OfAnInstalledName_IsTheSecondAndWaits()
    {
        await using var service = await TestService.StartAsync(settings: "CaptionTL:Worker:Enabled=false");
        var catalog = service.Get<ModelRegistry>();
        var installed = catalog.All[0];

        (await Published.AddAsync(service, installed.Name)).ShouldBe(2);

        catalog.Find("caption", installed.Name).ShouldBe(installed);
        var bytes = await service.Http.GetByteArrayAsync($"/api/v1/models/{installed.Name}/versions/2/bundle");
        bytes.ShouldBe(await File.ReadAllBytesAsync(installed.Path));
        (await service.Http.PostAsJsonAsync($"/api/v1/models/{installed.Name}/promote", new { version = 2 })).Dispose();
        catalog.Find("caption", installed.Name).Version.ShouldBe(2);
        (await service.Http.PostAsync($"/api/v1/models/{installed.Name}/rollback", null)).Dispose();
        catalog.Find("caption", installed.Name).ShouldBe(installed);
    }

    [Fact]
    public async Task Registry_OfAServiceStartedAgain_IsAsItWas()
    {
        using var folder = new CaptionTL.Tests.TemporaryFolder();
        await using (var first = await TestService.StartAsync(folder.Path, "CaptionTL:Worker:Enabled=false"))
        {
            await Published.AddAsync(first, "mine");
            await Published.AddAsync(first, "mine");
            (await PostAsync(first, "promote", new { version = 2 })).InUse.ShouldBe(2);
        }
        await using var second = await TestService.StartAsync(folder.Path, "CaptionTL:Worker:Enabled=false");

        second.Get<ModelRegistry>().Find("caption", "mine").Version.ShouldBe(2);
    }

    private static async Task<Model> PostAsync(TestService service, string what, object? body)
    {
        using var answer = body is null ? await service.Http.PostAsync($"/api/v1/models/mine/{what}", null)
            : await service.Http.PostAsJsonAsync($"/api/v1/models/mine/{what}", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<Model>(JobsService.Json))!;
    }

    private static async Task<(HttpStatusCode Status, string? Code)> StatusAsync(TestService service, HttpMethod method, string path,
        string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await service.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length > 0 && JsonDocument.Parse(text).RootElement.TryGetProperty("code", out var code)
            ? code.GetString() : null);
    }
}
