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
    }

    [Fact]
    public async Task Page_OfTheApi_IsThere()
    {
        await using var service = await TestService.StartAsync();

        (await service.Http.GetStringAsync("/api/index.html", TestContext.Current.CancellationToken)).ShouldContain("CaptionTL API");
    }
}
