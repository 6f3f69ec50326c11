using System.Diagnostics;
using System.Text.Json;
using CaptionTL.Models;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Tests.Jobs;

namespace CaptionTL.Service.Tests.Serving;

/// <summary>
/// Hugging Face's own JavaScript client, pointed at a service. Where node finds it: NODE_PATH=/folder/node_modules, after
/// npm install @huggingface/inference in that folder.
/// </summary>
[Collection("jobs")]
public sealed class HuggingFaceClientTests
{
    private const string Script = """
        const { InferenceClient } = require("@huggingface/inference");
        const [, task, endpointUrl, file] = process.argv;
        const data = new Blob([require("fs").readFileSync(file)], { type: "image/png" });
        new InferenceClient("")[task]({ data, endpointUrl }).then(
          answer => console.log(JSON.stringify(answer)),
          failure => { console.error(failure.message); process.exit(1); });
        """;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_AskingForCaptionAndClasses_GetsOurAnswers()
    {
        Assert.SkipUnless(await IsThereAsync(), "needs node and @huggingface/inference (npm install @huggingface/inference; NODE_PATH "
            + "names its node_modules)");
        using var folder = JobsService.Folder();
        var (service, jobs) = await JobsService.StartAsync(folder.File("data"));
        await using var _ = service;
        await jobs.UploadAsync();
        await jobs.WaitAsync((await jobs.AddAsync(new { kind = "train", data = "toy", plan = "features+logistic" })).Id,
            JobState.Succeeded);
        await File.WriteAllBytesAsync(folder.File("left.bmp"), JobImages.Bitmap(left: true, 999), Cancellation);
        using var image = new ByteArrayContent(JobImages.Bitmap(left: true, 999));
        var ours = (await (await service.Http.PostAsync("/api/v1/classify", image, Cancellation))
            .ReadAsync<ClassAnswer>()).Results[0].Classes!;

        var caption = await AskAsync("imageToText", new Uri(service.Http.BaseAddress!, "/hf/image-to-text"),
            Path.Combine(Repository.Root, "datasets/samples/coffee.png"));
        var classes = await AskAsync("imageClassification", new Uri(service.Http.BaseAddress!, "/hf/image-classification"),
            folder.File("left.bmp"));

        using var captioner = Captioner.Load(InstalledModels.Find(null));
        caption.GetProperty("generated_text").GetString().ShouldBe(captioner.Describe(Samples.Bytes("coffee.png")).Text);
        classes.EnumerateArray().Select(c => (c.GetProperty("label").GetString(), c.GetProperty("score").GetDouble()))
            .ShouldBe(ours.Select(c => ((string?)c.Name, c.Probability)));
    }

    private static async Task<bool> IsThereAsync()
    {
        try
        {
            return (await NodeAsync("require('@huggingface/inference')")).Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // no node
        }
    }

    private static async Task<JsonElement> AskAsync(string task, Uri address, string file)
    {
        var (code, output, error) = await NodeAsync(Script, task, address.ToString(), file);
        code.ShouldBe(0, error);
        return JsonSerializer.Deserialize<JsonElement>(output);
    }

    private static async Task<(int Code, string Output, string Error)> NodeAsync(string script, params string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", script, "--", .. arguments]) { RedirectStandardOutput = true,
            RedirectStandardError = true })!;
        var (output, error) = (node.StandardOutput.ReadToEndAsync(Cancellation), node.StandardError.ReadToEndAsync(Cancellation));
        await node.WaitForExitAsync(Cancellation);
        return (node.ExitCode, await output, await error);
    }
}
