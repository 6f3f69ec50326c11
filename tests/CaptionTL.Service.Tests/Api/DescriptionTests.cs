using System.Text.Json;

namespace CaptionTL.Service.Tests.Api;

public sealed class DescriptionTests
{
    [Fact]
    public async Task Description_OfTheApi_IsOpenApi31()
    {
        await using var service = await TestService.StartAsync();

        using var json = JsonDocument.Parse(await service.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));

        json.RootElement.GetProperty("openapi").GetString().ShouldNotBeNull().ShouldStartWith("3.1");
        var image = json.RootElement.GetProperty("paths").GetProperty("/api/v1/caption").GetProperty("post").GetProperty("requestBody")
            .GetProperty("content").GetProperty("application/json")
            .GetProperty("schema").GetProperty("properties").GetProperty("images").GetProperty("items").GetProperty("properties");
        image.GetProperty("url").GetProperty("description").GetString()!.ShouldContain("https");
    }

    [Fact]
    public async Task Page_OfTheApi_IsThere()
    {
        await using var service = await TestService.StartAsync();

        (await service.Http.GetStringAsync("/api/index.html", TestContext.Current.CancellationToken)).ShouldContain("CaptionTL API");
    }
}
