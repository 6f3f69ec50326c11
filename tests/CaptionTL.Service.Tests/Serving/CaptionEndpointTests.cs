using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CaptionTL.Captions;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;

namespace CaptionTL.Service.Tests.Serving;

public sealed class CaptionEndpointTests(CaptionEndpointTests.Running running) : IClassFixture<CaptionEndpointTests.Running>
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly HttpClient _http = running.Service.Http;

    [Fact]
    public async Task Caption_OfAForm_IsTheLibrarysOwn()
    {
        using var form = Samples.Form(Samples.Names.Select(n => (n, Samples.Bytes(n))));

        var answer = await AskAsync("/api/v1/caption?attention=true&nBest=3", form);

        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var options = captioner.Manifest.Decoding! with { NBest = 3 };
        answer.Results.Select(r => r.Name).ShouldBe(Samples.Names);
        foreach (var result in answer.Results)
        {
            var expected = captioner.Describe(Samples.Bytes(result.Name!), options, withAttention: true);
            result.Caption.ShouldBe(expected.Text);
            result.Captions!.Select(c => c.Text).ShouldBe(expected.Captions.Select(c => c.Text));
            result.Captions![0].Words.Select(w => w.Text).ShouldBe(expected.Captions[0].Words);
            result.Captions[0].Words.Select(w => w.Probability).ShouldBe(expected.Captions[0].WordProbabilities, 1e-4);
            result.Captions[0].Words.ShouldAllBe(w => Math.Abs(w.Attention!.Sum() - 1) < 1e-3
                && w.Attention!.Count == result.Attention!.Rows * result.Attention.Columns);
            result.Confidence!.Value.ShouldBe(expected.Captions[0].Confidence, 1e-4);
        }
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/octet-stream")]
    public async Task Caption_OfRawBytes_IsTheSameAsOfJson(string type)
    {
        using var raw = Samples.Raw("coffee.png", type);
        using var json =
            JsonContent.Create(
            new { images = new object[] { Samples.Bytes("coffee.png"), new { name = "c.png", data = "data:image/png;base64,"
            + Convert.ToBase64String(Samples.Bytes("coffee.png")) } }, options = new { beam = 3, attention = false } });

        var (ofRaw, ofJson) = (await AskAsync("/api/v1/caption", raw), await AskAsync("/api/v1/caption", json));

        ofJson.Results.Select(r => r.Caption).ShouldBe([ofRaw.Results[0].Caption!, ofRaw.Results[0].Caption!]);
        ofJson.Results[1].Name.ShouldBe("c.png");
    }

    [Fact]
    public async Task Caption_AskedTwice_ComesFromTheCache()
    {
        using var first = Samples.Raw("rocket.jpg");
        using var second = Samples.Raw("rocket.jpg");
        var before = await AskAsync("/api/v1/caption?beam=2", first);

        var after = await AskAsync("/api/v1/caption?beam=2", second);

        after.Results[0].Cached.ShouldBeTrue();
        after.Results[0].Caption.ShouldBe(before.Results[0].Caption);
        before.Results[0].Cached.ShouldBeFalse();
    }

    [Fact]
    public async Task Caption_OfAClientThatIsGone_EndsInTheMiddle()
    {
        using var gone = new CancellationTokenSource();
        var (begun, ended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
            new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ServiceMetrics.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
                { if (span.GetTagItem("task") is "caption" && span.GetTagItem("cancelled") is true) ended.TrySetResult(); },
        };
        ActivitySource.AddActivityListener(listener);
        await using var service = await TestService.StartAsync();
        using var meters = new MeterListener { InstrumentPublished = (instrument, l) =>
            { if (instrument.Name == "captiontl.batch.size"
            && instrument.Meter.Scope == service.Get<IMeterFactory>()) l.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<int>((_, _, _, _) => begun.TrySetResult());
        meters.Start();
        using var form = Samples.Form(Enumerable.Range(0, 16).Select(i => ($"{i}.jpg", TestImages.Jpeg(i))));

        var asking = service.Http.PostAsync("/api/v1/caption?beam=64&minLength=200&maxLength=200&noRepeat=0", form, gone.Token);
        await begun.Task.WaitAsync(Cancellation);
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => asking);
        await ended.Task.WaitAsync(TimeSpan.FromMinutes(3), Cancellation);
        using var next = Samples.Raw("coffee.png");
        (await service.Http.PostAsync("/api/v1/caption", next, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Caption_ByDrawing_IsTheLibrarysOwnAndTheSameForTheSameSeed()
    {
        using HttpContent first = Samples.Raw("coffee.png"), second = Samples.Raw("coffee.png"), third = Samples.Raw("coffee.png");
        await using var other = await TestService.StartAsync(); // whose cache knows nothing of it

        var answer = await AskAsync("/api/v1/caption?topP=0.9&nBest=5&seed=7", first);
        var again = await (await other.Http.PostAsync("/api/v1/caption?topP=0.9&nBest=5&seed=7", second, Cancellation))
            .ReadAsync<CaptionAnswer>();
        var otherSeed = await AskAsync("/api/v1/caption?topP=0.9&nBest=5&seed=8", third);

        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var expected = captioner.Describe(Samples.Bytes("coffee.png"),
            captioner.Manifest.Decoding! with { TopP = 0.9, NBest = 5, Seed = 7 });
        answer.Results[0].Captions!.Select(c => c.Text).ShouldBe(expected.Captions.Select(c => c.Text));
        again.Results[0].Captions!.Select(c => c.Text).ShouldBe(answer.Results[0].Captions!.Select(c => c.Text));
        otherSeed.Results[0].Captions!.Select(c => c.Text).ShouldNotBe(answer.Results[0].Captions!.Select(c => c.Text));
    }

    [Fact]
    public async Task Caption_OfGoodAndBadImages_SaysWhichCouldNotBeRead()
    {
        using var form = Samples.Form(("text.jpg", "no image"u8.ToArray()), ("coffee.png", Samples.Bytes("coffee.png")),
            ("cut.png", Samples.Bytes("chelsea.png")[..5000]), ("empty.png", []));

        var answer = await AskAsync("/api/v1/caption", form);

        answer.Results.Select(r => r.Problem?.Code).ShouldBe(["image_format_unknown", null, "image_damaged", "image_empty"]);
        answer.Results[1].Caption.ShouldNotBeNullOrEmpty();
    }

    public static TheoryData<string, string, string, HttpStatusCode, string> Wrong => new()
    {
        { "/api/v1/caption", "image/png", "no image", HttpStatusCode.UnsupportedMediaType, "image_format_unknown" },
        { "/api/v1/caption", "image/png", "", HttpStatusCode.BadRequest, "image_empty" },
        { "/api/v1/caption", "text/plain", "hello", HttpStatusCode.UnsupportedMediaType, "content_type_unknown" },
        { "/api/v1/caption", "application/json", "{\"images\":[", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption", "application/json", "{\"images\":[]}", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption", "application/json", "{\"images\":[\"%%%\"]}", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption", "application/json", "{\"images\":[{\"url\":\"https://example.org/a.jpg\"}]}", HttpStatusCode.Forbidden,
            "fetching_disabled" },
        { "/api/v1/caption", "application/json", "[]", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption?beam=0", "image/png", "x", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption?topP=0.9&nBest=1000000000", "image/png", "x", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption?topP=0.9&nBest=65", "image/png", "x", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption?beam=3&nBest=4", "image/png", "x", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption?stream=true&beam=0", "image/png", "x", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption?stream=true&model=nobody", "image/png", "x", HttpStatusCode.NotFound, "not_found" },
        { "/api/v1/caption?stream=true&topP=0.9&nBest=65", "image/png", "x", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/classify?model=flickr8k-lite0", "image/png", "x", HttpStatusCode.NotFound, "not_found" },
        { "/api/v1/caption?beam=many", "image/png", "x", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption?beems=3", "image/png", "x", HttpStatusCode.BadRequest, "invalid_request" },
        { "/api/v1/caption?model=nobody", "image/png", "x", HttpStatusCode.NotFound, "not_found" },
        { "/api/v1/classify?threshold=2", "image/png", "x", HttpStatusCode.BadRequest, "invalid_request" },
        { "/hf/translation", "image/png", "x", HttpStatusCode.NotFound, "not_found" },
        { "/hf/image-to-text", "application/json", "{\"inputs\":3}", HttpStatusCode.BadRequest, "invalid_request" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Request_ThatIsWrong_IsAProblemWithACode(string address, string type, string body, HttpStatusCode status, string code)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, type);

        using var response = await _http.PostAsync(address, content, Cancellation);

        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        problem.RootElement.GetProperty("code").GetString().ShouldBe(code);
        problem.RootElement.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        if (code != "invalid_request") problem.RootElement.GetProperty("hint").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Request_OfMoreImagesThanTaken_IsRefused()
    {
        using var form = Samples.Form(Enumerable.Range(0, 65).Select(i => ($"{i}.png", new byte[] { 1 })));

        using var response = await _http.PostAsync("/api/v1/caption", form, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Requests_AllAtOnce_AreAllAnsweredRight()
    {
        const int Clients = 500;
        using var captioner = Captioner.Load(InstalledModels.Find(null));
        var expected = Samples.Names.ToDictionary(n => n,
            n => captioner.Describe(Samples.Bytes(n), captioner.Manifest.Decoding! with { Beam = 2 }).Text);
        await using var service = await TestService.StartAsync(null, "CaptionTL:Serving:CachedAnswers=0",
            "CaptionTL:Serving:MaxRequests=600", "CaptionTL:Serving:QueueLength=600");

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async i =>
        {
            var name = Samples.Names[i % Samples.Names.Count];
            using var content = Samples.Raw(name);
            using var response = await service.Http.PostAsync("/api/v1/caption?beam=2", content, Cancellation);
            return (name,
                (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<CaptionAnswer>(Cancellation))!.Results[0].Caption);
        }));

        answers.ShouldAllBe(a => a.Caption == expected[a.name]);
    }

    [Fact]
    public async Task Requests_MoreThanCanBeTaken_AreToldToComeBackOrAnsweredRight()
    {
        await using var service = await TestService.StartAsync(null, "CaptionTL:Serving:CachedAnswers=0",
            "CaptionTL:Serving:MaxRequests=4");
        using var warm = Samples.Raw("coffee.png");
        var expected =
            (await (await service.Http.PostAsync("/api/v1/caption", warm, Cancellation)).Content.ReadFromJsonAsync<CaptionAnswer>(
            Cancellation))!.Results[0].Caption;

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(async _ =>
        {
            using var content = Samples.Raw("coffee.png");
            using var response = await service.Http.PostAsync("/api/v1/caption", content, Cancellation);
            if (response.IsSuccessStatusCode)
                (await response.Content.ReadFromJsonAsync<CaptionAnswer>(Cancellation))!.Results[0].Caption.ShouldBe(expected);
            else response.Headers.RetryAfter.ShouldNotBeNull();
            return response.StatusCode;
        }));

        answers.Distinct().Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]);
        using var after = Samples.Raw("coffee.png");
        (await service.Http.PostAsync("/api/v1/caption", after, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Health_OfAServiceWithItsModel_IsReady()
    {
        (await _http.GetStringAsync("/health/ready", Cancellation)).ShouldBe("ready");
        (await _http.GetAsync("/health/live", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _http.GetStringAsync("/v2/health/ready", Cancellation)).ShouldBe("{\"ready\":true}");
        (await _http.GetStringAsync("/v2/models/flickr8k-lite0", Cancellation)).ShouldContain("\"name\":\"flickr8k-lite0\"");
        (await _http.GetAsync("/v2/models/nobody", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task HuggingFace_ImageToText_HasTheirShape()
    {
        using var raw = Samples.Raw("chelsea.png");
        using var json = JsonContent.Create(new { inputs = Samples.Bytes("chelsea.png") });

        var (ofRaw, ofJson) = (await _http.PostAsync("/hf/image-to-text", raw, Cancellation),
            await _http.PostAsync("/hf/image-to-text", json, Cancellation));

        var text = await ofRaw.Content.ReadAsStringAsync(Cancellation);
        text.ShouldStartWith("{\"generated_text\":\"");
        (await ofJson.Content.ReadAsStringAsync(Cancellation)).ShouldBe(text);
        using var python = new HttpRequestMessage(HttpMethod.Post, "/hf/image-to-text") { Content = Samples.Raw("chelsea.png") };
        python.Headers.TryAddWithoutValidation("User-Agent", "unknown/None; hf_hub/0.30.0; python/3.11.2");
        (await (await _http.SendAsync(python, Cancellation)).Content.ReadAsStringAsync(Cancellation)).ShouldBe($"[{text}]");
    }

    private async Task<CaptionAnswer> AskAsync(string address, HttpContent content)
    {
        using var response = await _http.PostAsync(address, content, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancellation));
        return (await response.Content.ReadFromJsonAsync<CaptionAnswer>(Cancellation))!;
    }

    /// <summary>One service for all tests of the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal TestService Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Service = await TestService.StartAsync();

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
