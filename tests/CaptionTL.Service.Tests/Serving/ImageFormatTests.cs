using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Tests.Jobs;

namespace CaptionTL.Service.Tests.Serving;

/// <summary>Images of every format and every way of being too large, through HTTP.</summary>
public sealed class ImageFormatTests(ImageFormatTests.Running running) : IClassFixture<ImageFormatTests.Running>
{
    // More than a bundle's own test image, less than any sample.
    private const int MostBytes = 100_000;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly HttpClient _http = running.Service.Http;

    public static TheoryData<string> Formats => ["webp", "gif", "bmp", "tiff"];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Caption_OfAnyFormat_IsAnswered(string format)
    {
        using var content = new ByteArrayContent(format switch
        {
            "webp" => WebP,
            "gif" => Gif(frames: 3),
            "bmp" => JobImages.Bitmap(left: true, 1),
            _ => new TiffWriter { Samples = 1 }.Write(40, 30, [.. Enumerable.Range(0, 40 * 30).Select(i => (byte)(i * 7))]),
        });
        content.Headers.ContentType = new MediaTypeHeaderValue($"image/{format}");

        using var response = await _http.PostAsync("/api/v1/caption?beam=1", content, Cancellation);

        (await response.ReadAsync<CaptionAnswer>()).Results[0].Caption.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Caption_OfAHeaderThatPromisesGigabytes_IsRefused()
    {
        using var content = new ByteArrayContent(PngWriter.HeaderOnly(50_000, 50_000));

        using var response = await _http.PostAsync("/api/v1/caption", content, Cancellation);

        (await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("image_too_large");
    }

    [Fact]
    public async Task Caption_OfAnAnimationOfThousandsOfFrames_IsRefused()
    {
        using HttpContent many = new ByteArrayContent(Gif(frames: 1001)),
            most = new ByteArrayContent(Gif(frames: 1000));

        (await (await _http.PostAsync("/api/v1/caption", many, Cancellation)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge))
            .ShouldBe("image_too_large");
        (await (await _http.PostAsync("/api/v1/caption?beam=1", most, Cancellation))
            .ReadAsync<CaptionAnswer>()).Results[0].Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caption_OfMoreBytesThanTaken_IsRefused(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/caption") { Content = Samples.Raw("rocket.jpg") };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await _http.SendAsync(request, Cancellation);

        (await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("request_too_large");
    }

    [Fact]
    public async Task Caption_OfAFormWithTheImageInAnotherField_IsRefused()
    {
        using var form = TestForm.Of(("photo", WebP, "a.webp"));

        (await (await _http.PostAsync("/api/v1/caption", form, Cancellation)).ProblemAsync(HttpStatusCode.BadRequest))
            .ShouldBe("invalid_request");
    }

    [Fact]
    public async Task Caption_OfAFormThatIsCutOff_IsRefused()
    {
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes("--edge\r\nContent-Disposition: form-data; name=\"image\"; "
            + "filename=\"a.png\"\r\n\r\nPNG"));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=edge");

        (await (await _http.PostAsync("/api/v1/caption", content, Cancellation)).ProblemAsync(HttpStatusCode.BadRequest))
            .ShouldBe("invalid_request");
    }

    /// <summary>One service for all tests of the class.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal TestService Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Service = await TestService.StartAsync(null, $"CaptionTL:Serving:MaxRequestBytes={MostBytes}");

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }

    /// <summary>One pixel, lossless.</summary>
    private static byte[] WebP => Convert.FromBase64String("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

    /// <summary>An animation whose frames are one pixel each.</summary>
    private static byte[] Gif(int frames)
    {
        const int Header = 19; // signature, screen, two colours
        var one = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");
        return [.. one[..Header], .. Enumerable.Repeat(one[Header..^1], frames).SelectMany(f => f), one[^1]];
    }
}
