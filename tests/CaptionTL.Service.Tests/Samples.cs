using System.Net.Http.Headers;

namespace CaptionTL.Service.Tests;

/// <summary>The images of datasets/samples, and requests with them.</summary>
internal static class Samples
{
    public static IReadOnlyList<string> Names { get; } = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"];

    public static byte[] Bytes(string name) => TestImages.Sample(name);

    /// <summary>A form with these images in the field image.</summary>
    public static MultipartFormDataContent Form(params IEnumerable<(string Name, byte[] Bytes)> images)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, bytes) in images) form.Add(new ByteArrayContent(bytes), "image", name);
        return form;
    }

    /// <summary>The bytes of one image as the body.</summary>
    public static ByteArrayContent Raw(string name, string type = "application/octet-stream") =>
        new(Bytes(name)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
}
