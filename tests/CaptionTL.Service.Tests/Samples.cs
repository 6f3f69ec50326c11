using System.Net.Http.Headers;

namespace CaptionTL.Service.Tests;

/// <summary>The pictures of datasets/samples, and requests with them.</summary>
internal static class Samples
{
    public static IReadOnlyList<string> Names { get; } = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"];

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Root, "datasets", "samples", name));

    /// <summary>A form with these pictures in the field image.</summary>
    public static MultipartFormDataContent Form(params IEnumerable<(string Name, byte[] Bytes)> pictures)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, bytes) in pictures) form.Add(new ByteArrayContent(bytes), "image", name);
        return form;
    }

    /// <summary>The bytes of one picture as the body.</summary>
    public static ByteArrayContent Raw(string name, string type = "application/octet-stream") =>
        new(Bytes(name)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "CaptionTL.sln"))) folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }
}
