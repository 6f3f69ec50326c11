using System.Net;
using System.Net.Http.Json;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Tests;

/// <summary>
/// Six questions that a service, which has yet to load its model, is busy with for a while; less than the half minute that it has to end.
/// </summary>
internal static class SlowQuestions
{
    private const string Options = "beam=8&minLength=30&maxLength=30&noRepeat=0";

    private static readonly string[] Names = [.. Enumerable.Range(0, 6).Select(i => Samples.Names[i % Samples.Names.Count])];

    /// <summary>Each question is computed by itself.</summary>
    public static IReadOnlyList<string> Settings { get; } = ["CaptionTL:Serving:CachedAnswers=0", "CaptionTL:Serving:MaxBatch=1"];

    /// <summary>The right answers: the library's.</summary>
    public static IReadOnlyList<string> Answers()
    {
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var options = captioner.Manifest.Decoding! with { Beam = 8, MinLength = 30, MaxLength = 30, NoRepeat = 0 };
        var answers = Samples.Names.ToDictionary(n => n, n => captioner.Describe(Samples.Bytes(n), options).Text);
        return [.. Names.Select(n => answers[n])];
    }

    /// <summary>All at once; one that finds the service full comes back.</summary>
    public static IReadOnlyList<Task<string>> Ask(HttpClient http) => [.. Names.Select(name => AskAsync(http, name))];

    /// <summary>
    /// Waits until a service that takes as many requests as there are questions has them all in hand: it refuses one more.
    /// </summary>
    public static async Task FullAsync(HttpClient http)
    {
        while (true)
        {
            using var content = Samples.Raw(Names[0]);
            using var response = await http.PostAsync("/hf/no-task", content);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return;
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    /// <summary>Waits until nobody listens any more: a moment after a service was told to stop.</summary>
    public static async Task RefusedAsync(Uri address) => await Should.ThrowAsync<HttpRequestException>(async () =>
    {
        while (true)
        {
            using var late = new HttpClient { BaseAddress = address };
            using var response = await late.GetAsync("/health/live");
        }
    });

    private static async Task<string> AskAsync(HttpClient http, string name)
    {
        while (true)
        {
            using var content = Samples.Raw(name);
            using var response = await http.PostAsync($"/api/v1/caption?{Options}", content);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) continue;
            return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<CaptionAnswer>())!.Results[0].Caption!;
        }
    }
}
