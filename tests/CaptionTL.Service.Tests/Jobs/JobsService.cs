using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using CaptionTL.IO;
using CaptionTL.Service.Contracts;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.Jobs;

/// <summary>Jobs through HTTP: of a service in this process or of one in its own.</summary>
internal sealed class JobsService(HttpClient http, string data)
{
    /// <summary>A machine shared with other work may need long for what takes seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    public static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>A plan that trains for some time in many small steps, and whose result depends on every one of them.</summary>
    public static readonly object LongTraining = new
    {
        kind = "train", data = "toy", model = "toy", plan = "features+dense",
        set = (string[])["views=1", "phases[0].epochs=400", "phases[0].patience=400", "phases[0].batchSize=4", "head.hidden=[64]"],
    };

    public HttpClient Http => http;

    public string Data => data;

    /// <summary>A service's state; the test is skipped where the backbone's weights are not to be had.</summary>
    public static TemporaryFolder Folder()
    {
        Repository.UseWeights();
        return new TemporaryFolder();
    }

    /// <summary>A service in this process.</summary>
    public static async Task<(TestService Service, JobsService Jobs)> StartAsync(string data, params string[] settings)
    {
        var service = await TestService.StartAsync(data, [$"CaptionTL:Embeddings={Path.Combine(data, "embeddings")}", .. settings]);
        return (service, new JobsService(service.Http, data));
    }

    /// <summary>Uploads the data set "toy": two classes of generated images.</summary>
    public async Task UploadAsync(int imagesPerClass = 15)
    {
        using var form = new MultipartFormDataContent { { new StringContent("toy"), "name" },
            { new ByteArrayContent(JobImages.Zip(imagesPerClass)), "file", "toy.zip" } };
        using var answer = await http.PostAsync("/api/v1/datasets", form);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    public async Task<Job> AddAsync(object request)
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/jobs", request, Json);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var job = await answer.Content.ReadFromJsonAsync<Job>(Json);
        answer.Headers.Location!.ToString().ShouldBe($"/api/v1/jobs/{job!.Id}");
        return job;
    }

    public async Task<T> GetAsync<T>(string path) => (await http.GetFromJsonAsync<T>(path, Json))!;

    public Task<Job> GetAsync(long id) => GetAsync<Job>($"/api/v1/jobs/{id}");

    public async Task<Job> PostAsync(long id, string what, object? body = null)
    {
        using var answer = await http.PostAsJsonAsync($"/api/v1/jobs/{id}/{what}", body ?? new { }, Json);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<Job>(Json))!;
    }

    /// <summary>Waits until a job is so.</summary>
    public async Task<Job> WaitAsync(long id, Func<Job, bool> condition)
    {
        var end = DateTime.UtcNow + Patience;
        while (true)
        {
            var job = await GetAsync(id);
            if (condition(job)) return job;
            if (DateTime.UtcNow > end || (job.State is JobState.Failed or JobState.Cancelled or JobState.Succeeded))
                throw new InvalidOperationException($"job {id} came to this instead: "
                    + $"{JsonSerializer.Serialize(job, Json)}\n{await LogAsync(id)}");
            await Task.Delay(50);
        }
    }

    public Task<Job> WaitAsync(long id, JobState state) => WaitAsync(id, job => job.State == state);

    public async Task<string> LogAsync(long id) =>
        string.Join("\n", (await GetAsync<JobLog>($"/api/v1/jobs/{id}/log")).Lines.Select(l => l.Text));

    public Task<IReadOnlyList<Model>> ModelsAsync() => GetAsync<IReadOnlyList<Model>>("/api/v1/models");
}
