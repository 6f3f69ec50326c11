namespace CaptionTL.Web.Components.Pages.Runs;

/// <summary>How other programs ask a model: they work as they stand, with a picture photo.jpg beside them.</summary>
public static class Snippet
{
    /// <param name="host">Address of this service.</param>
    /// <param name="model">Its name.</param>
    /// <param name="task">"caption" or "classify".</param>
    /// <param name="needsKey">Keys are asked for; the key is taken from the environment, as CAPTIONTL_KEY.</param>
    public static IReadOnlyList<(string Name, string Text)> All(Uri host, string model, string task, bool needsKey)
    {
        ArgumentNullException.ThrowIfNull(host);
        var address = $"{host}api/v1/{task}?model={Uri.EscapeDataString(model)}";
        return [("curl", Curl(address, needsKey)), ("C#", CSharp(address, needsKey)), ("Python", Python(address, task, needsKey))];
    }

    private static string Curl(string address, bool needsKey)
    {
        var key = needsKey ? "-H \"Authorization: Bearer $CAPTIONTL_KEY\" " : "";
        return $"curl {key}-F image=@photo.jpg \"{address}\"";
    }

    private static string CSharp(string address, bool needsKey)
    {
        var key = needsKey ? "\nhttp.DefaultRequestHeaders.Authorization = new(\"Bearer\", Environment.GetEnvironmentVariable(\"CAPTIONTL_KEY\"));" : "";
        return $$"""
            using var http = new HttpClient();{{key}}
            using var form = new MultipartFormDataContent { { new ByteArrayContent(File.ReadAllBytes("photo.jpg")), "image", "photo.jpg" } };
            using var answer = await http.PostAsync("{{address}}", form);
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            """;
    }

    private static string Python(string address, string task, bool needsKey)
    {
        var key = needsKey ? ", \"Authorization\": \"Bearer \" + os.environ[\"CAPTIONTL_KEY\"]" : "";
        return $$"""
            import base64, json, os, urllib.request

            picture = base64.b64encode(open("photo.jpg", "rb").read()).decode()
            body = json.dumps({"images": [{"name": "photo.jpg", "data": picture}]}).encode()
            headers = {"Content-Type": "application/json"{{key}} }
            request = urllib.request.Request("{{address}}", body, headers)
            print(json.load(urllib.request.urlopen(request))["results"][0]["{{(task == "caption" ? "caption" : "class")}}"])
            """;
    }
}
