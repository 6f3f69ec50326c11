using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using CaptionTL.Service.Contracts;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.DataSets;

public sealed class UploadPartsTests : IDisposable
{
    private const string Uploads = "/api/v1/datasets/uploads";

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _zip = TestZip.Classes(3);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Limits_Lowered_AreToldAndHold()
    {
        await using var service = await TestService.StartAsync(_folder.Path, "CaptionTL:DataSets:MaxUploadBytes=1000",
            "CaptionTL:DataSets:MaxFiles=5");

        var limits = await service.Http.GetAsync<UploadLimits>(Uploads);

        (limits.MaxBytes, limits.MaxFiles).ShouldBe((1000, 5));
        limits.Images.ShouldContain(".webp");
        limits.Texts.ShouldContain(".jsonl");
        (await (await service.Http.PostAsJsonAsync(Uploads, new UploadStart("large", limits.MaxBytes + 1)))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("upload_too_large");
        await (await service.Http.PostAsJsonAsync(Uploads, new UploadStart("large", limits.MaxBytes)))
            .ReadAsync<UploadState>(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Upload_InPartsAcrossARestart_BecomesADataSet()
    {
        string id;
        await using (var service = await TestService.StartAsync(_folder.Path))
        {
            var started =
                await (await service.Http.PostAsJsonAsync(Uploads, new UploadStart("parts", _zip.Length,
                Convert.ToHexString(SHA256.HashData(_zip))))).ReadAsync<UploadState>(HttpStatusCode.Created);
            id = started.Id;
            (await (await PutAsync(service, id, 0, 1000)).ReadAsync<UploadState>()).Offset.ShouldBe(1000);
        }
        await using var again = await TestService.StartAsync(_folder.Path);

        using var head = await again.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{Uploads}/{id}"));
        head.Headers.GetValues("Upload-Offset").Single().ShouldBe("1000");
        var wrong = await PutAsync(again, id, 500, 100);
        wrong.Headers.GetValues("Upload-Offset").Single().ShouldBe("1000");
        (await wrong.ProblemAsync(HttpStatusCode.Conflict)).ShouldBe("upload_offset");
        (await (await again.Http.PostAsync($"{Uploads}/{id}/complete", null)).ProblemAsync(HttpStatusCode.Conflict))
            .ShouldBe("upload_incomplete");
        await (await PutAsync(again, id, 1000, _zip.Length - 1000)).ReadAsync<UploadState>();

        var made = await (await again.Http.PostAsync($"{Uploads}/{id}/complete", null)).ReadAsync<DataSetDetails>(HttpStatusCode.Created);
        (made.Set.Name, made.Set.Images).ShouldBe(("parts", 6));
        (await (await again.Http.GetAsync($"{Uploads}/{id}")).ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
        Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "uploads")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Upload_OtherBytesThanAnnounced_AreRefused()
    {
        await using var service = await TestService.StartAsync(_folder.Path);
        var started = await (await service.Http.PostAsJsonAsync(Uploads, new UploadStart("parts", _zip.Length, new string('0', 64))))
            .ReadAsync<UploadState>(HttpStatusCode.Created);

        (await (await PutAsync(service, started.Id, 0, _zip.Length, extra: 1)).ProblemAsync(HttpStatusCode.BadRequest))
            .ShouldBe("invalid_request");
        (await service.Http.GetAsync<UploadState>($"{Uploads}/{started.Id}")).Offset.ShouldBe(0);
        await (await PutAsync(service, started.Id, 0, _zip.Length)).ReadAsync<UploadState>();
        (await (await service.Http.PostAsync($"{Uploads}/{started.Id}/complete", null)).ProblemAsync(HttpStatusCode.UnprocessableEntity))
            .ShouldBe("upload_damaged");
        (await service.Http.DeleteAsync($"{Uploads}/{started.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("%2e%2e%2fdatasets")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public async Task Upload_UnknownId_IsNotFound(string id)
    {
        await using var service = await TestService.StartAsync(_folder.Path);

        (await service.Http.GetAsync($"{Uploads}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Upload_LargerThanAllowed_IsRefusedBeforeAByteIsSent()
    {
        await using var service = await TestService.StartAsync(_folder.Path, "CaptionTL:DataSets:MaxUploadBytes=1000");

        (await (await service.Http.PostAsJsonAsync(Uploads, new UploadStart("parts", 1001)))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("upload_too_large");
    }

    private Task<HttpResponseMessage> PutAsync(TestService service, string id, int offset, int count, int extra = 0)
    {
        var content = new ByteArrayContent([.. _zip.AsSpan(offset, count), .. new byte[extra]]);
        content.Headers.ContentRange = new ContentRangeHeaderValue(offset, offset + count - 1, _zip.Length);
        return service.Http.PutAsync($"{Uploads}/{id}", content);
    }
}
