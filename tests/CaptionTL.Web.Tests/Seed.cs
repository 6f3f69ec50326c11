using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using CaptionTL.Datasets.Shapes;
using CaptionTL.IO;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Tests;

/// <summary>What a test wants to find on a service, made through its API.</summary>
internal static class Seed
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>A name that no other test has.</summary>
    public static string Name(string start) => $"{start}-{Guid.NewGuid():N}"[..(start.Length + 9)];

    /// <summary>A data set of ants and bees.</summary>
    public static Task<string> InsectsAsync(string address, int each) =>
        UploadAsync(address, Name("insects"),
            Zip([.. Insects.Photos("train", "ants", each).Select(p => ("ants", p)), .. Insects.Photos("train", "bees", each)
            .Select(p => ("bees", p))]));

    /// <summary>A data set of drawn shapes with captions.</summary>
    public static async Task<string> ShapesAsync(string address, int images, string? key = null, string? name = null)
    {
        using var folder = new TemporaryFolder();
        ShapeDataset.Write(folder.Path, new ShapeDatasetOptions { Images = images });
        var files = Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Select(f => (Path.GetRelativePath(folder.Path, f), File.ReadAllBytes(f)));
        return await UploadAsync(address, name ?? Name("shapes"), Zip(files), key);
    }

    /// <returns>The name.</returns>
    public static async Task<string> UploadAsync(string address, string name, byte[] zip, string? key = null)
    {
        using var http = Client(address, key);
        using var form = new MultipartFormDataContent { { new StringContent(name), "name" },
            { new ByteArrayContent(zip), "file", "images.zip" } };
        using var answer = await http.PostAsync("/api/v1/datasets", form);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return name;
    }

    /// <summary>A job that was accepted.</summary>
    public static async Task<Job> StartAsync(string address, object request, string? key = null)
    {
        Repository.UseWeights();
        using var http = Client(address, key);
        using var answer = await http.PostAsJsonAsync("/api/v1/jobs", request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<Job>(Json))!;
    }

    /// <summary>A version of a model with the data set's name.</summary>
    public static async Task<Job> TrainAsync(string address, string data, bool promote)
    {
        return await DoneAsync(address, await StartAsync(address, new { kind = "train", data, plan = "features+logistic", promote }));
    }

    /// <summary>A layer trained for some epochs on features of the frozen network.</summary>
    public static async Task<Job> DenseAsync(string address, string data, int epochs) =>
        await DoneAsync(address,
            await StartAsync(address, new { kind = "train", data, plan = "features+dense",
            set = (string[])["views=1", $"phases[0].epochs={epochs}", $"phases[0].patience={epochs}"] }));

    /// <summary>Two plans, each on four shares of the images.</summary>
    public static async Task<Job> RaceAsync(string address, string data) =>
        await DoneAsync(address,
            await StartAsync(address, new { kind = "race", data, plans = (string[])["features+logistic", "features+knn"],
            learningCurve = true, minutes = 5 }));

    /// <summary>A small run of captions, one epoch.</summary>
    public static async Task<Job> CaptionsAsync(string address, string data, string? key = null)
    {
        string[] small = ["views=1", "head.hidden=64", "head.minimumWordFrequency=1", "phases[0].epochs=1", "phases[0].batchSize=25"];
        return await DoneAsync(address, await StartAsync(address, new { kind = "train", data, plan = "caption", set = small }, key), key);
    }

    public static async Task CancelAsync(string address, Job job)
    {
        using var http = Client(address, key: null);
        using var answer = await http.PostAsync($"/api/v1/jobs/{job.Id}/cancel", null);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits for a job's good end.</summary>
    public static async Task<Job> DoneAsync(string address, Job job, string? key = null)
    {
        using var http = Client(address, key);
        for (var end = DateTime.UtcNow.AddMinutes(5); job.State is JobState.Queued or JobState.Running
            && DateTime.UtcNow < end; await Task.Delay(100))
            job = (await http.GetFromJsonAsync<Job>($"/api/v1/jobs/{job.Id}", Json))!;
        job.State.ShouldBe(JobState.Succeeded, job.Problem?.Message);
        return job;
    }

    private static HttpClient Client(string address, string? key)
    {
        var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(5) };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return http;
    }

    /// <summary>An archive with a folder for each class.</summary>
    public static byte[] Zip(IEnumerable<(string Class, string Photo)> photos) =>
        Zip(photos.Select(p => ($"{p.Class}/{Path.GetFileName(p.Photo)}", File.ReadAllBytes(p.Photo))));

    public static byte[] Zip(IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        return bytes.ToArray();
    }
}
