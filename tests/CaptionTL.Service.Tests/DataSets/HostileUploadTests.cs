using System.Net;
using System.Net.Sockets;
using System.Text;
using CaptionTL.Service.Contracts;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.DataSets;

public sealed class HostileUploadTests : IDisposable
{
    private const string Sets = "/api/v1/datasets";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[], HttpStatusCode, string> Archives => new()
    {
        { "no archive", "PK\u0003\u0004 and then nothing of the kind"u8.ToArray(), HttpStatusCode.UnprocessableEntity,
            "data_set_unusable" },
        { "cut off", TestZip.Classes()[..^40], HttpStatusCode.UnprocessableEntity, "data_set_unusable" },
        { "no images", TestZip.Of(("readme.txt", "hello"u8.ToArray())), HttpStatusCode.UnprocessableEntity, "data_set_unusable" },
        { "empty", TestZip.Of(), HttpStatusCode.UnprocessableEntity, "data_set_unusable" },
        { "too many files", TestZip.Of([.. Enumerable.Range(0, 60).Select(i => ($"a/{i}.jpg", new byte[] { 1 }))]),
            HttpStatusCode.RequestEntityTooLarge, "too_many_files" },
        { "unpacks to a hundred times its size", TestZip.Of(("a/1.bmp", new byte[80 << 20]), ("b/2.jpg", TestImages.Jpeg(1))),
            HttpStatusCode.RequestEntityTooLarge, "zip_ratio" },
        { "a huge caption file", TestZip.Of(("metadata.jsonl", Encoding.ASCII.GetBytes(new string(' ', 2 << 20)))),
            HttpStatusCode.RequestEntityTooLarge, "upload_too_large" },
        { "leads outside", TestZip.Of(("../../a/1.jpg", TestImages.Jpeg(1)), ("/b/2.jpg", TestImages.Jpeg(2))),
            HttpStatusCode.UnprocessableEntity, "data_set_unusable" },
    };

    [Theory]
    [MemberData(nameof(Archives), DisableDiscoveryEnumeration = true)]
    public async Task Create_OfABadArchive_LeavesNothing(string what, byte[] zip, HttpStatusCode status, string code)
    {
        await using var service = await StartAsync();

        (await (await service.Http.PostAsync(Sets, TestForm.Zip("bad", zip))).ProblemAsync(status)).ShouldBe(code, what);
        Left().ShouldBeEmpty();
    }

    [Fact]
    public async Task Create_EntryThatUnderstatesItsSize_UnpacksNoFurther()
    {
        // The size in the entry's headers is what limits are checked by: an archive that lies about it must not get more past them.
        var (zip, size) = (TestZip.Of(("a/1.bmp", new byte[4 << 20]), ("a/2.jpg", TestImages.Jpeg(1)),
            ("b/2.jpg", TestImages.Jpeg(2))), BitConverter.GetBytes(4 << 20));
        for (var at = zip.AsSpan().IndexOf(size); at >= 0; at = zip.AsSpan().IndexOf(size)) BitConverter.GetBytes(1000).CopyTo(zip, at);
        await using var service = await StartAsync();

        var made = await (await service.Http.PostAsync(Sets, TestForm.Zip("liar", zip))).ReadAsync<DataSetDetails>(HttpStatusCode.Created);

        made.Set.Images.ShouldBe(2);
        made.Set.Bytes.ShouldBeLessThan(100_000);
    }

    [Fact]
    public async Task Create_EntriesThatLeadOutside_BesideGoodOnes_AreLeftOut()
    {
        await using var service = await StartAsync();
        var zip = TestZip.Of(("../evil.jpg", TestImages.Jpeg(1)), ("a/1.jpg", TestImages.Jpeg(2)), ("b/1.jpg", TestImages.Jpeg(3)));

        var made = await (await service.Http.PostAsync(Sets, TestForm.Zip("mixed", zip)))
            .ReadAsync<DataSetDetails>(HttpStatusCode.Created);

        made.Set.Images.ShouldBe(2);
        made.LeftOut.Count.ShouldBe(1);
        File.Exists(Path.Combine(_folder.Path, "datasets", "evil.jpg")).ShouldBeFalse();
    }

    [Fact]
    public async Task Create_ConnectionBreaksOffHalfWay_LeavesNothing()
    {
        await using var service = await StartAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port);
            var half = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nhalf\r\n--x\r\nContent-Disposition: form-data; "
                + "name=\"file\"; filename=\"a.zip\"\r\n\r\nPK\u0003\u0004 some bytes";
            await client.GetStream()
                .WriteAsync(Encoding.ASCII.GetBytes($"POST {Sets} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; "
                + $"boundary=x\r\nContent-Length: 1000000\r\n\r\n{half}"));
            await UntilAsync(() => Left().Count > 0);
        }
        await UntilAsync(() => Left().Count == 0);
        (await service.Http.GetAsync<DataSetInfo[]>(Sets)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("application/json", "{}", HttpStatusCode.UnsupportedMediaType, "media_type_unsupported")]
    [InlineData("multipart/form-data", "", HttpStatusCode.UnsupportedMediaType, "form_expected")]
    [InlineData("multipart/form-data; boundary=x", "nothing of the kind", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"surprise\"\r\n\r\n1\r\n--x--\r\n",
        HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nok\r\n--x--\r\n",
        HttpStatusCode.BadRequest, "invalid_request")]
    public async Task Create_OfABadForm_IsRefused(string type, string body, HttpStatusCode status, string code)
    {
        await using var service = await StartAsync();
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        (await (await service.Http.PostAsync(Sets, content)).ProblemAsync(status)).ShouldBe(code);
        Left().ShouldBeEmpty();
    }

    private Task<TestService> StartAsync() =>
        TestService.StartAsync(_folder.Path, "CaptionTL:DataSets:MaxFiles=50", "CaptionTL:DataSets:MaxTextBytes=1000000");

    /// <summary>What lies in the folder of data sets, the staging folder itself aside.</summary>
    private List<string> Left()
    {
        var root = Path.Combine(_folder.Path, "datasets");
        return !Directory.Exists(root) ? [] : [.. Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != ".staging")];
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 3000 && !condition(); i++) await Task.Delay(10);
        condition().ShouldBeTrue();
    }
}
