using CaptionTL.IO;

namespace CaptionTL.Web.Components.Pages.Runs;

/// <summary>How other programs ask a model: they work as they stand, with an image photo.jpg beside them.</summary>
public static class Snippet
{
    /// <param name="host">Address of this service.</param>
    /// <param name="model">Name and version: "bees@2".</param>
    /// <param name="task">"caption" or "classify".</param>
    /// <param name="needsKey">Keys are asked for; the key is taken from the environment, as CAPTIONTL_KEY.</param>
    public static IReadOnlyList<(string Name, string Text)> All(Uri host, string model, string task, bool needsKey)
    {
        ArgumentNullException.ThrowIfNull(host);
        // An @ needs no escape in a query, and is better read without.
        var address = $"{host}api/v1/{task}?model={Uri.EscapeDataString(model).Replace("%40", "@", StringComparison.Ordinal)}";
        return [("curl", Curl(address, needsKey)), ("C#", CSharp(address, task, needsKey)), ("Python", Python(address, task, needsKey))];
    }

    /// <summary>What an answer calls its best caption or class.</summary>
    private static string Field(string task) => task == "caption" ? "caption" : "class";

    private static string Curl(string address, bool needsKey)
    {
        var key = needsKey ? "-H \"Authorization: Bearer $CAPTIONTL_KEY\" " : "";
        return $"curl {key}-F image=@photo.jpg \"{address}\"";
    }

    private static string CSharp(string address, string task, bool needsKey)
    {
        var key = needsKey ? "\nhttp.DefaultRequestHeaders.Authorization = new(\"Bearer\", "
            + "Environment.GetEnvironmentVariable(\"CAPTIONTL_KEY\"));" : "";
        return $$"""
            using System.Text.Json;

            using var http = new HttpClient();{{key}}
            using var image = new ByteArrayContent(File.ReadAllBytes("photo.jpg"));
            using var form = new MultipartFormDataContent { { image, "image", "photo.jpg" } };
            using var answer = await http.PostAsync("{{address}}", form);
            using var json = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            Console.WriteLine(json.RootElement.GetProperty("results")[0].GetProperty("{{Field(task)}}"));
            """;
    }

    private static string Python(string address, string task, bool needsKey)
    {
        var key = needsKey ? ", \"Authorization\": \"Bearer \" + os.environ[\"CAPTIONTL_KEY\"]" : "";
        return $$"""
            import base64, json, os, urllib.request

            image = base64.b64encode(open("photo.jpg", "rb").read()).decode()
            body = json.dumps({"images": [{"name": "photo.jpg", "data": image}]}).encode()
            headers = {"Content-Type": "application/json"{{key}} }
            request = urllib.request.Request("{{address}}", body, headers)
            print(json.load(urllib.request.urlopen(request))["results"][0]["{{Field(task)}}"])
            """;
    }
}
