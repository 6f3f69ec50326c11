using System.Net.Http.Json;
using System.Text.Json;
using CaptionTL.IO;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Tests.Jobs;

namespace CaptionTL.Service.Tests.Api;

/// <summary>The examples in the description of the API are what a service takes and answers.</summary>
[Collection("jobs")]
public sealed class ExampleTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Examples_OfRequestsAndAnswers_FitTheirSchemas()
    {
        await using var service = await TestService.StartAsync(settings: "CaptionTL:Worker:Enabled=false");
        var description = await DescriptionAsync(service.Http);
        var schema = new JsonSchema(description);

        var examples = Operations(description).SelectMany(o => o.Contents).Where(c => c.Content.TryGetProperty("example", out _)).ToList();

        examples.Count.ShouldBeGreaterThanOrEqualTo(25);
        foreach (var (name, content) in examples)
            schema.Problems(content.GetProperty("example"), content.GetProperty("schema"), name).ShouldBeEmpty();
    }

    [Fact]
    public async Task Examples_SentToAService_AreAnsweredAsTheExamplesSay()
    {
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.Path);
        await using var _ = service;
        var operations = Operations(await DescriptionAsync(service.Http)).ToDictionary(o => o.Id);
        using (var upload = Shapes()) await SendAsync(service.Http, operations["CreateDataSet"], upload);

        await SendAsync(service.Http, operations["AddJob"]);
        await jobs.WaitAsync(1, JobState.Succeeded);
        string[] others =
        [
            "Caption", "Classify", "GetJob", "ListJobs", "GetRun", "GetRunConfusion", "ListRuns", "ListDataSets", "GetDataSet",
                "ListImages", "ChangeImage", "GetUploadLimits", "StartUpload",
            "ListModels", "GetModel", "GetModelVersion", "PromoteModel", "RepeatJob",
        ];
        foreach (var operation in others) await SendAsync(service.Http, operations[operation]);
    }

    /// <summary>Sends an operation's example, or another body, and compares the answer's shape with the one in the example.</summary>
    private static async Task SendAsync(HttpClient http, Operation operation, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(operation.Method, operation.Path.Replace("{name}", "shapes", StringComparison.Ordinal)
            .Replace("{id}", "1", StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal));
        request.Content = body ?? (operation.Example("request") is { } example ? JsonContent.Create(example) : null);

        using var response = await http.SendAsync(request, Cancellation);

        var text = await response.Content.ReadAsStringAsync(Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue($"{operation.Id}: {text}");
        Shape(operation.Example("answer")!.Value).Except(Shape(JsonSerializer.Deserialize<JsonElement>(text)))
            .ShouldBeEmpty($"{operation.Id}: {text}");
    }

    private static MultipartFormDataContent Shapes()
    {
        var (fields, images) = (new List<(string, object, string?)> { ("name", "shapes", null) }, 0);
        foreach (var split in (string[])["train", "dev"])
        foreach (var name in (string[])["circle", "cross"])
        {
            fields.AddRange([("split", split, null), ("class", name, null)]);
            for (var i = 0; i < 6; i++) fields.Add(("file", TestImages.Jpeg(images), $"{images++}.jpg"));
        }
        return TestForm.Of([.. fields]);
    }

    private static Task<JsonElement> DescriptionAsync(HttpClient http) =>
        http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Cancellation);

    private static IEnumerable<Operation> Operations(JsonElement description) =>
        from path in description.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        where method.Value.TryGetProperty("operationId", out _)
        select new Operation(path.Name, new HttpMethod(method.Name.ToUpperInvariant()), method.Value);

    /// <summary>Names and kinds of all that is in a value, of lists that of any element.</summary>
    private static HashSet<string> Shape(JsonElement value, string at = "$") => value.ValueKind switch
    {
        JsonValueKind.Object => [at, .. value.EnumerateObject().SelectMany(p => Shape(p.Value, $"{at}.{p.Name}"))],
        JsonValueKind.Array => [at, .. value.EnumerateArray().SelectMany(item => Shape(item, $"{at}[]"))],
        JsonValueKind.True or JsonValueKind.False => [$"{at}: Boolean"],
        var kind => [$"{at}: {kind}"],
    };

    private sealed record Operation(string Path, HttpMethod Method, JsonElement Description)
    {
        public string Id => Description.GetProperty("operationId").GetString()!;

        /// <summary>JSON bodies: of the request, and of the answer where all goes well.</summary>
        public IEnumerable<(string Name, JsonElement Content)> Contents
        {
            get
            {
                if (Description.TryGetProperty("requestBody", out var body) && Json(body) is { } request)
                    yield return ($"{Id} request", request);
                foreach (var response in Description.GetProperty("responses").EnumerateObject().Where(r => r.Name.StartsWith('2')))
                    if (Json(response.Value) is { } answer) yield return ($"{Id} answer", answer);
            }
        }

        /// <param name="part">"request" or "answer".</param>
        public JsonElement? Example(string part) =>
            Contents.Where(c => c.Name == $"{Id} {part}").Select(c => c.Content.TryGetProperty("example", out var example) ? example
                : (JsonElement?)null).FirstOrDefault();

        private static JsonElement? Json(JsonElement body) => body.TryGetProperty("content", out var content)
            && content.TryGetProperty("application/json", out var json) ? json : null;
    }
}
