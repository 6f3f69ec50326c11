using System.Net;
using System.Net.Http.Json;
using CaptionTL.Datasets;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Jobs;
using CaptionTL.Tests;

namespace CaptionTL.Service.Tests.DataSets;

public sealed class DataSetTests
{
    private const string Sets = "/api/v1/datasets";

    [Fact]
    public async Task Create_ZipOfClassFolders_IsReadByTheLibraryAsItWas()
    {
        await using var service = await TestService.StartAsync();

        var made = await (await service.Http.PostAsync(Sets, TestForm.Zip("insects", TestZip.Classes(3))))
            .ReadAsync<DataSetDetails>(HttpStatusCode.Created);

        (made.Set.Kind, made.Set.Version, made.Set.Images, made.Set.Undescribed).ShouldBe((DataSetKind.Classes, 1, 6, 0));
        made.Set.Classes.Select(c => (c.Name, c.Images)).ShouldBe([("ants", 3), ("bees", 3)]);
        made.Report!.Problem.ShouldBeNull();
        (made.Report.Formats!["jpeg"], made.Report.LargestShare).ShouldBe((6, 0.5));
        var set = LabelledDatasetReader.Open(service.Get<DataSetStore>().PathOf("insects"));
        set.Classes.ShouldBe(["ants", "bees"]);
        set.Items.Count.ShouldBe(6);
        set.Problems.ShouldBeEmpty();
        (await service.Http.GetAsync<DataSetInfo[]>(Sets)).Single().Name.ShouldBe("insects");
    }

    [Fact]
    public async Task Thumbnail_AskedForAgainAndAfterARestart_IsNotMadeAnew()
    {
        using var folder = new TemporaryFolder();
        var (made, address) = (new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc), $"{Sets}/insects/images/1/thumbnail");
        byte[] first;
        string file;
        await using (var service = await TestService.StartAsync(folder.Path))
        {
            await (await service.Http.PostAsync(Sets, TestForm.Zip("insects", TestZip.Classes(3))))
                .ReadAsync<DataSetDetails>(HttpStatusCode.Created);
            file = service.Get<DataSetStore>().Files("insects").Thumbnail(service.Get<DataSetStore>().Get("insects").Rows[0]);
            File.Exists(file).ShouldBeFalse();
            first = await service.Http.GetByteArrayAsync(address);
            (await File.ReadAllBytesAsync(file)).ShouldBe(first);
            File.SetLastWriteTimeUtc(file, made); // one that was made now would tell

            (await service.Http.GetByteArrayAsync(address)).ShouldBe(first);
            File.GetLastWriteTimeUtc(file).ShouldBe(made);
        }
        await using var again = await TestService.StartAsync(folder.Path);

        (await again.Http.GetByteArrayAsync(address)).ShouldBe(first);

        File.GetLastWriteTimeUtc(file).ShouldBe(made);
    }

    [Fact]
    public async Task Create_ZipOfCaptions_KeepsCaptionsAndSplits()
    {
        await using var service = await TestService.StartAsync();
        var zip = TestZip.Of(
            ("captions.csv",
                "image,caption,split\na.jpg,A red square.,train\na.jpg,Something red.,train\nb.jpg,A blue square.,test\n"u8.ToArray()),
            ("a.jpg", TestImages.Jpeg(1)), ("b.jpg", TestImages.Jpeg(2)));

        var made = await (await service.Http.PostAsync(Sets, TestForm.Zip("squares", zip)))
            .ReadAsync<DataSetDetails>(HttpStatusCode.Created);

        (made.Set.Kind, made.Set.Captions).ShouldBe((DataSetKind.Captions, 3));
        made.Set.Splits.ShouldBe(new Dictionary<string, int> { ["train"] = 1, ["test"] = 1 });
        made.Report!.VocabularySize.ShouldBe(5);
        var page = await service.Http.GetAsync<DataSetImagePage>($"{Sets}/squares/images?split=train");
        page.Images.Single().Captions.ShouldBe(["A red square.", "Something red."]);
        CaptionDatasetReader.Open(service.Get<DataSetStore>().PathOf("squares")).Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Create_ImagesWithClasses_UnderHostileNames_LieUnderNumbersOnly()
    {
        using var folder = new TemporaryFolder();
        await using var service = await TestService.StartAsync(folder.Path);

        var made = await (await service.Http.PostAsync(Sets, TestForm.Of(
            ("name", "hostile", null), ("class", "ants", null), ("file", TestImages.Jpeg(1), "../../../etc/passwd.jpg"),
                ("file", TestImages.Jpeg(2), "C:\\\\windows\\\\a.jpg"),
            ("class", "../bees", null), ("file", TestImages.Jpeg(3), "..jpg"), ("file", "not an image"u8.ToArray(), "b.jpg"))))
                .ReadAsync<DataSetDetails>(HttpStatusCode.Created);

        made.Set.Images.ShouldBe(3);
        made.Set.Classes.Select(c => c.Name).ShouldBe(["../bees", "ants"], ignoreOrder: true);
        made.LeftOut.Single().Where.ShouldBe("b.jpg");
        Directory.EnumerateFiles(Path.Combine(folder.Path, "datasets"), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder.Path, f)).Where(f => f.EndsWith(".jpg")).Order()
            .ShouldBe(["datasets/hostile/pictures/000001.jpg", "datasets/hostile/pictures/000002.jpg",
            "datasets/hostile/pictures/000003.jpg"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("UPPER")]
    [InlineData("uploads")]
    [InlineData("ends.")]
    [InlineData("with@1")]
    public async Task Create_BadName_IsRefused(string name)
    {
        await using var service = await TestService.StartAsync();

        (await (await service.Http.PostAsync(Sets, TestForm.Zip(name, TestZip.Classes()))).ProblemAsync(HttpStatusCode.BadRequest))
            .ShouldBe("invalid_request");
        (await service.Http.GetAsync<DataSetInfo[]>(Sets)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Create_NameThatIsTaken_IsRefusedAndChangesNothing()
    {
        await using var service = await TestService.StartAsync();
        await service.Http.PostAsync(Sets, TestForm.Zip("insects", TestZip.Classes()));

        (await (await service.Http.PostAsync(Sets, TestForm.Zip("insects", TestZip.Captions()))).ProblemAsync(HttpStatusCode.Conflict))
            .ShouldBe("data_set_exists");
        (await service.Http.GetAsync<DataSetInfo[]>(Sets)).Single().Kind.ShouldBe(DataSetKind.Classes);
    }

    [Fact]
    public async Task Change_OfManyImages_IsOneVersionOrNone()
    {
        await using var service = await TestService.StartAsync();
        await service.Http.PostAsync(Sets, TestForm.Zip("insects", TestZip.Classes(3)));
        const string images = $"{Sets}/insects/images";

        var after = await (await service.Http.PatchAsJsonAsync(images, new DataSetImagesChange([1, 2, 4, 4], "wasps", Split.Dev),
            TestJson.Options)).ReadAsync<DataSetInfo>();

        (after.Version, after.Splits["dev"]).ShouldBe((2, 3));
        after.Classes.Select(c => (c.Name, c.Images)).ShouldBe([("ants", 1), ("bees", 2), ("wasps", 3)]);
        (await (await service.Http.PatchAsJsonAsync(images, new DataSetImagesChange([1, 99], "bees"), TestJson.Options))
            .ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
        (await (await service.Http.PatchAsJsonAsync(images, new DataSetImagesChange([1]), TestJson.Options))
            .ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid_request");
        (await (await service.Http.PatchAsJsonAsync(images, new DataSetImagesChange([], "bees"), TestJson.Options))
            .ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid_request");
        (await service.Http.GetAsync<DataSetDetails>($"{Sets}/insects?report=false")).Set.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Changes_OfImages_MakeVersions_AndOldVersionsStay()
    {
        await using var service = await TestService.StartAsync();
        await service.Http.PostAsync(Sets, TestForm.Zip("photos", TestZip.Captions(2)));
        var catalog = service.Get<DataSetStore>();
        var first = await File.ReadAllTextAsync(catalog.PathOf("photos@1"));

        var changed = await (await service.Http.PatchAsJsonAsync($"{Sets}/photos/images/1",
            new DataSetImageChange(["A cat."], Split: Split.Dev), TestJson.Options)).ReadAsync<DataSetImage>();
        changed.Captions.ShouldBe(["A cat."]);
        (changed.Split, changed.Corrected).ShouldBe((Split.Dev, true));
        var added = await (await service.Http.PostAsync($"{Sets}/photos/images",
            TestForm.Of(("caption", "A dog.", null), ("file", TestImages.Jpeg(7), "dog.jpg")))).ReadAsync<ImagesAdded>();
        (added.Version, added.Images.Single().Id, added.Images.Single().Split).ShouldBe((3, 3, Split.Train));
        (await service.Http.DeleteAsync($"{Sets}/photos/images/2")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var now = await service.Http.GetAsync<DataSetDetails>($"{Sets}/photos");
        (now.Set.Version, now.Set.Images, now.Set.Captions).ShouldBe((4, 2, 2));
        now.Changes.Select(c => c.Version).ShouldBe([4, 3, 2, 1]);
        catalog.VersionOf("photos").ShouldBe(4);
        (await File.ReadAllTextAsync(catalog.PathOf("photos@1"))).ShouldBe(first);
        // the deleted image is gone
        CaptionDatasetReader.Open(catalog.PathOf("photos@3")).Items.Select(i => i.Captions[0]).ShouldBe(["A cat.", "A dog."]);
        (await (await service.Http.GetAsync($"{Sets}/photos/images/2")).ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
        Should.Throw<CaptionTL.Service.Api.ApiException>(() => catalog.PathOf("photos@9")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Changes_SurviveARestart()
    {
        using var folder = new TemporaryFolder();
        await using (var service = await TestService.StartAsync(folder.Path))
        {
            await service.Http.PostAsync(Sets, TestForm.Zip("photos", TestZip.Captions(2)));
            await service.Http.DeleteAsync($"{Sets}/photos/images/2");
        }
        await using var again = await TestService.StartAsync(folder.Path);

        (await again.Http.GetAsync<DataSetInfo[]>(Sets)).Single().Version.ShouldBe(2);
        var added = await (await again.Http.PostAsync($"{Sets}/photos/images",
            TestForm.Of(("caption", "New.", null), ("file", TestImages.Jpeg(9), "x.jpg")))).ReadAsync<ImagesAdded>();
        added.Images.Single().Id.ShouldBe(3); // 2 is not used again
    }

    [Fact]
    public async Task Correction_OfANewImage_AndOfOneThatIsThere()
    {
        await using var service = await TestService.StartAsync();
        await service.Http.PostAsync(Sets, TestForm.Of(("name", "corrections", null), ("kind", "captions", null)));

        var first = await (await service.Http.PostAsync($"{Sets}/corrections/corrections", TestForm.Of(("caption", "A dog runs.", null),
            ("image", TestImages.Jpeg(1), "dog.jpg")))).ReadAsync<DataSetImage>(HttpStatusCode.Created);
        var second = await (await service.Http.PostAsync($"{Sets}/corrections/corrections", TestForm.Of(("caption", "A brown dog.", null),
            ("image", TestImages.Jpeg(1), "copy.jpg")))).ReadAsync<DataSetImage>(HttpStatusCode.Created);

        (second.Id, second.Corrected).ShouldBe((first.Id, true));
        second.Captions.ShouldBe(["A dog runs.", "A brown dog."]);
        service.Get<DataSetStore>().VersionOf("corrections").ShouldBe(3);
        CaptionDatasetReader.Open(service.Get<DataSetStore>().PathOf("corrections")).Items.Single().Captions.Count.ShouldBe(2);
        (await (await service.Http.PostAsync($"{Sets}/corrections/corrections", TestForm.Of(("class", "dog", null),
            ("image", TestImages.Jpeg(2), "dog.jpg")))).ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid_request");
    }

    [Fact]
    public async Task Images_UndescribedAtFirst_AreDescribedLater()
    {
        await using var service = await TestService.StartAsync();

        var made = await (
            await service.Http.PostAsync(Sets,
            TestForm.Of(("name", "new", null), ("kind", "classes", null), ("file", TestImages.Jpeg(1), "a.jpg"),
            ("file", TestImages.Jpeg(2), "b.jpg")))).ReadAsync<DataSetDetails>(HttpStatusCode.Created);

        made.Set.Undescribed.ShouldBe(2);
        made.Report!.Problem.ShouldBe("No image has a class yet.");
        foreach (var id in (int[])[1, 2])
            await (await service.Http.PatchAsJsonAsync($"{Sets}/new/images/{id}", new DataSetImageChange(Label: $"class {id}"),
                TestJson.Options)).ReadAsync<DataSetImage>();
        var details = await service.Http.GetAsync<DataSetDetails>($"{Sets}/new");
        (details.Set.Undescribed, details.Report!.Problem).ShouldBe((0, null));
        (await service.Http.GetAsync<DataSetImagePage>($"{Sets}/new/images?class=class%202")).Images.Single().Name.ShouldBe("b.jpg");
    }

    [Fact]
    public async Task Report_TellsDuplicatesAcrossClassesAndDamagedImages()
    {
        await using var service = await TestService.StartAsync();
        var damaged = TestImages.Jpeg(5)[..20]; // the size comes later, whichever engine wrote it

        var made = await (await service.Http.PostAsync(Sets, TestForm.Of(
            ("name", "odd", null), ("class", "a", null), ("file", TestImages.Jpeg(1), "1.jpg"), ("file", TestImages.Jpeg(2), "2.jpg"),
                ("file", damaged, "damaged.jpg"),
            ("class", "b", null), ("file", TestImages.Jpeg(1), "same.jpg")))).ReadAsync<DataSetDetails>(HttpStatusCode.Created);

        var report = made.Report!;
        report.Duplicates!.Single().Images.Select(p => p.Name).ShouldBe(["1.jpg", "same.jpg"]);
        report.DuplicatesAcrossClasses.ShouldBe(1);
        report.Unreadable!.Single().Image.Name.ShouldBe("damaged.jpg");
        (await (await service.Http.GetAsync($"{Sets}/odd/images/3/thumbnail")).ProblemAsync(HttpStatusCode.UnprocessableEntity))
            .ShouldBe("image_damaged");
    }

    [Fact]
    public async Task Thumbnail_IsASmallJpeg_AndNotSentTwice()
    {
        await using var service = await TestService.StartAsync();
        await service.Http.PostAsync(Sets,
            TestForm.Of(("name", "large", null), ("kind", "captions", null), ("file", TestImages.Jpeg(1, 800, 400), "a.jpg")));

        var answer = await service.Http.GetAsync($"{Sets}/large/images/1/thumbnail");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");
        var header = CaptionTL.Images.ImageDecoder.ReadHeader(await answer.Content.ReadAsByteArrayAsync());
        (header.Width, header.Height).ShouldBe((160, 80));

        using var again = new HttpRequestMessage(HttpMethod.Get,
            $"{Sets}/large/images/1/thumbnail") { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        (await service.Http.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await service.Http.GetByteArrayAsync($"{Sets}/large/images/1")).ShouldBe(TestImages.Jpeg(1, 800, 400));
    }

    [Fact]
    public async Task Delete_OneInUse_IsRefusedUntilItIsNot()
    {
        using var folder = new TemporaryFolder();
        await using var service = await TestService.StartAsync(folder.Path);
        await service.Http.PostAsync(Sets, TestForm.Zip("insects", TestZip.Classes()));

        // A job that waits; without a schedule it is never run.
        var job = await service.Get<JobStore>().AddAsync(new JobRecord { Kind = JobKind.Embed, Data = "insects@1", Request = "{}" },
            TestContext.Current.CancellationToken);

        var refused = await service.Http.DeleteAsync($"{Sets}/insects");
        (await refused.ProblemAsync(HttpStatusCode.Conflict)).ShouldBe("data_set_in_use");
        await service.Get<JobStore>().StopAsync(job.Id, JobState.Cancelled, TestContext.Current.CancellationToken);
        (await service.Http.DeleteAsync($"{Sets}/insects")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await (await service.Http.GetAsync($"{Sets}/insects")).ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not_found");
        Directory.Exists(Path.Combine(folder.Path, "datasets", "insects")).ShouldBeFalse();
    }
}
