using System.Net.Http.Json;
using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.Jobs;

public sealed class JobRefusalTests(JobRefusalTests.Idle idle) : IClassFixture<JobRefusalTests.Idle>
{
    [Theory]
    [InlineData("""{"kind":"train","data":"nothing"}""", 404, "not_found")]
    [InlineData("""{"kind":"train","data":"toy","plan":"no-such-plan"}""", 400, "invalid_request")]
    [InlineData("""{"kind":"train","data":"toy","set":["phases[7].epochs=3"]}""", 400, "invalid_request")]
    [InlineData("""{"kind":"train","data":"toy","set":["backbone=no-such-network"]}""", 400, "invalid_request")]
    [InlineData("""{"kind":"train","data":"toy","model":"../evil"}""", 400, "invalid_request")]
    [InlineData("""{"kind":"train","data":"../toy"}""", 404, "not_found")]
    [InlineData("""{"kind":"train","data":"toy","split":"dev"}""", 400, "invalid_request")]
    [InlineData("""{"kind":"train","data":"toy","priority":101}""", 400, "invalid_request")]
    [InlineData("""{"kind":"evaluate","data":"toy"}""", 400, "invalid_request")]
    [InlineData("""{"kind":"evaluate","data":"toy","model":"nobody"}""", 404, "not_found")]
    [InlineData("""{"kind":"race","data":"toy","plans":["caption"]}""", 400, "invalid_request")]
    [InlineData("""{"kind":"dance","data":"toy"}""", 400, "invalid_request")]
    [InlineData("""{"kind":"train"}""", 400, "invalid_request")]
    [InlineData("""{"kind":3,"data":"toy"}""", 400, "invalid_request", "The value of 'kind' is none that can be used there.")]
    [InlineData("""{"kind":"train","data":"toy","epochs":3}""",
        400, "invalid_request", "The request has 'epochs', which means nothing here.")]
    [InlineData("""{"data":"toy"}""", 400, "invalid_request", "The request lacks 'kind'.")]
    [InlineData("""{"kind":"train","data":["toy"]}""", 400, "invalid_request", "The value of 'data' is none that can be used there.")]
    [InlineData("""{"kind":"train",""", 400, "invalid_request", "The request is not well-formed JSON, or cut off (line 1, byte 16).")]
    [InlineData("", 400, "invalid_request", "The request has no body.")]
    [InlineData("""{"kind":"train","data":"toy","plan":"caption"}""",
        400, "invalid_request", "The plan 'caption' is not for this data, which has classes.")]
    [InlineData("""{"kind":"evaluate","data":"toy","model":"flickr8k-lite0"}""",
        400, "invalid_request", "The model 'flickr8k-lite0' is not for this data, which has classes.")]
    [InlineData("""{"kind":"evaluate","data":"toy","model":"flickr8k-lite0","split":"some"}""",
        400, "invalid_request", "The split is 'some'; it must be train, dev, test or all.")]
    [InlineData("""{"kind":"caption","data":"toy","best":5,"beam":2}""",
        400, "invalid_request", "'best' is 5; it must be at most the beam, 2.")]
    public async Task Job_ThatMakesNoSense_IsRefusedWithAReason(string request, int status, string code, string? title = null)
    {
        using var content = new StringContent(request, System.Text.Encoding.UTF8, "application/json");

        using var answer = await idle.Jobs.Http.PostAsync("/api/v1/jobs", content, TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(status);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        problem.GetProperty("code").GetString().ShouldBe(code);
        if (title is not null) problem.GetProperty("title").GetString().ShouldBe(title);
        problem.GetRawText().ShouldNotContain(idle.Jobs.Data);
        (await idle.Jobs.GetAsync<JobPage>("/api/v1/jobs")).Total.ShouldBe(0);
    }

    /// <summary>A service with the data set "toy" and no worker.</summary>
    public sealed class Idle : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();
        private TestService? _service;

        internal JobsService Jobs { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            (_service, Jobs) = await JobsService.StartAsync(_folder.Path, "CaptionTL:Worker:Enabled=false");
            await Jobs.UploadAsync(imagesPerClass: 2);
        }

        public async ValueTask DisposeAsync()
        {
            if (_service is not null) await _service.DisposeAsync();
            _folder.Dispose();
        }
    }
}
