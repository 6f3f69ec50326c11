using CaptionTL.Service.Serving;

namespace CaptionTL.Service.Tests.Serving;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Stop_WithSixRequestsInHand_AnswersThemAndRefusesTheSeventh()
    {
        var right = SlowQuestions.Answers();
        await using var service = await TestService.StartAsync(null, [.. SlowQuestions.Settings]);
        var answers = SlowQuestions.Ask(service.Http);
        while (service.Get<Admission>().Requests < right.Count) await Task.Delay(1, TestContext.Current.CancellationToken);

        var stopping = service.App.StopAsync(TestContext.Current.CancellationToken);
        await SlowQuestions.RefusedAsync(service.Http.BaseAddress!);

        (await Task.WhenAll(answers)).ShouldBe(right);
        await stopping;
    }
}
