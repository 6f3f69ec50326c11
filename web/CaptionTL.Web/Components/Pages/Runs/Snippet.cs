namespace CaptionTL.Web.Components.Pages.Runs;

/// <summary>How other programs ask a model: they work as they stand, with a picture photo.jpg beside them.</summary>
public static class Snippet
{
    /// <param name="host">Address of this service.</param>
    /// <param name="model">Its name.</param>
    /// <param name="task">"caption" or "classify".</param>
    public static IReadOnlyList<(string Name, string Text)> All(Uri host, string model, string task)
    {
        ArgumentNullException.ThrowIfNull(host);
        var address = $"{host}api/v1/{task}?model={Uri.EscapeDataString(model)}";
        return [("curl", Curl(address)), ("C#", CSharp(address)), ("Python", Python(address, task))];
    }

    private static string Curl(string address) => $"curl -F image=@photo.jpg \"{address}\"";

    private static string CSharp(string address) =>
        $$"""
        using var http = new HttpClient();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(File.ReadAllBytes("photo.jpg")), "image", "photo.jpg" } };
        using var answer = await http.PostAsync("{{address}}", form);
        Console.WriteLine(await answer.Content.ReadAsStringAsync());
        """;

    private static string Python(string address, string task) =>
        $$"""
        import base64, json, urllib.request

        picture = base64.b64encode(open("photo.jpg", "rb").read()).decode()
        body = json.dumps({"images": [{"name": "photo.jpg", "data": picture}]}).encode()
        request = urllib.request.Request("{{address}}", body, {"Content-Type": "application/json"})
        print(json.load(urllib.request.urlopen(request))["results"][0]["{{(task == "caption" ? "caption" : "class")}}"])
        """;
}
