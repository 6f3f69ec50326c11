using System.Net.Http.Json;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Serving;

namespace CaptionTL.Service.Tests.Serving;

public sealed class ShutdownTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_WithSixRequestsInHand_AnswersThemAndRefusesTheSeventh()
    {
        const string Slow = "beam=16&minLength=60&maxLength=60&noRepeat=0";
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var options = captioner.Manifest.Decoding! with { Beam = 16, MinLength = 60, MaxLength = 60, NoRepeat = 0 };
        var expected = Samples.Names.ToDictionary(n => n, n => captioner.Describe(Samples.Bytes(n), options).Text);
        await using var service = await TestService.StartAsync(null, "CaptionTL:Serving:CachedAnswers=0", "CaptionTL:Serving:MaxBatch=1");
        var names = Enumerable.Range(0, 6).Select(i => Samples.Names[i % Samples.Names.Count]).ToList();
        var asked = names.Select(async name =>
        {
            using var content = Samples.Raw(name);
            using var response = await service.Http.PostAsync($"/api/v1/caption?{Slow}", content, Cancellation);
            return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<CaptionAnswer>(Cancellation))!.Results[0].Caption;
        }).ToList();
        while (service.Get<Admission>().Requests < 6) await Task.Delay(1, Cancellation);

        var stopping = service.App.StopAsync(Cancellation);
        var address = service.Http.BaseAddress!;
        await Should.ThrowAsync<HttpRequestException>(async () =>
        {
            // The listener closes a moment after the stop began.
            while (true)
            {
                using var late = new HttpClient { BaseAddress = address };
                using var response = await late.GetAsync("/health/live", Cancellation);
            }
        });

        (await Task.WhenAll(asked)).ShouldBe(names.Select(n => expected[n]));
        await stopping;
    }
}
