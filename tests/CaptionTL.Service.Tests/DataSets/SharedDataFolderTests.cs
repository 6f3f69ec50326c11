using System.Net;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Tests.Jobs;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.DataSets;

/// <summary>Two services, each a process of its own, on one data folder: what both have accepted is there for both.</summary>
public sealed class SharedDataFolderTests
{
    private const string Sets = "/api/v1/datasets";

    [Fact]
    public async Task DataSet_ChangedThroughTwoServicesAtOnce_LosesNothing()
    {
        const int Images = 60;
        using var folder = new TemporaryFolder();
        using var first = await ServiceProcess.StartAsync(folder.Path, "CaptionTL:Worker:Enabled=false");
        using var second = await ServiceProcess.StartAsync(folder.Path, "CaptionTL:Worker:Enabled=false");
        HttpClient[] services = [first.Jobs.Http, second.Jobs.Http];
        await (await services[0].PostAsync(Sets, Image(0, ("name", "shared", null)))).ReadAsync<DataSetDetails>(HttpStatusCode.Created);

        var added = await Task.WhenAll(Enumerable.Range(1, Images)
            .Select(async i => await (await services[i % 2].PostAsync($"{Sets}/shared/images", Image(i))).ReadAsync<ImagesAdded>()));

        added.Select(a => a.Version).Order().ShouldBe(Enumerable.Range(2, Images));
        foreach (var service in services)
        {
            var page = await service.GetAsync<DataSetImagePage>($"{Sets}/shared/images?limit=500");
            page.Version.ShouldBe(Images + 1);
            page.Images.Select(p => p.Id).ShouldBe(Enumerable.Range(1, Images + 1));
            page.Images.Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, Images + 1).Select(Name));
            foreach (var image in page.Images)
                (await service.GetByteArrayAsync($"{Sets}/shared/images/{image.Id}"))
                    .ShouldBe(TestImages.Jpeg(NumberOf(image.Name)));
        }
    }

    [Fact]
    public async Task DataSet_MadeThroughTwoServicesAtOnce_IsMadeOnce()
    {
        using var folder = new TemporaryFolder();
        using var first = await ServiceProcess.StartAsync(folder.Path, "CaptionTL:Worker:Enabled=false");
        using var second = await ServiceProcess.StartAsync(folder.Path, "CaptionTL:Worker:Enabled=false");
        HttpClient[] services = [first.Jobs.Http, second.Jobs.Http];

        var statuses = await Task.WhenAll(Enumerable.Range(0, 10)
            .Select(async i => (Number: i, (await services[i % 2].PostAsync(Sets, Image(i, ("name", "shared", null)))).StatusCode)));

        var made = statuses.Single(s => s.StatusCode == HttpStatusCode.Created);
        statuses.Count(s => s.StatusCode == HttpStatusCode.Conflict).ShouldBe(9);
        foreach (var service in services)
            (await service.GetAsync<DataSetImagePage>($"{Sets}/shared/images")).Images.Single().Name.ShouldBe(Name(made.Number));
    }

    private static MultipartFormDataContent Image(int number, params (string Field, object Value, string? FileName)[] fields) =>
        TestForm.Of([.. fields, ("class", number % 2 == 0 ? "ants" : "bees", null), ("file", TestImages.Jpeg(number), Name(number))]);

    private static string Name(int number) => $"{number:000}.jpg";

    private static int NumberOf(string name) => int.Parse(name[..3], System.Globalization.CultureInfo.InvariantCulture);
}
