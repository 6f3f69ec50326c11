using CaptionTL.Datasets;

namespace CaptionTL.Tests.Datasets;

public class LabelledLayoutTests
{
    private static IEnumerable<(string, string, Split?)> Listed(LabelledDataset dataset) =>
        dataset.Items.Select(i => (i.Id, dataset.Classes[i.Class], i.Split));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_ClassFolders_NamesInNaturalOrder(bool zipped)
    {
        using var folder = new DatasetFolder().Images("class 10/a.jpg", "class 2/a.jpg", "class 2/b.png", "Class 1/c.jpg")
            .Text("README.md", "hello");
        var dataset = LabelledDatasetReader.Open(zipped ? folder.Zip() : folder.Root);
        dataset.Layout.ShouldBe("class folders");
        dataset.Classes.ShouldBe(["Class 1", "class 2", "class 10"]);
        Listed(dataset)
            .ShouldBe([("Class 1/c.jpg", "Class 1", null), ("class 10/a.jpg", "class 10", null), ("class 2/a.jpg", "class 2", null),
            ("class 2/b.png", "class 2", null)]);
        dataset.HasOfficialSplits.ShouldBeFalse();
        dataset.Problems.ShouldBeEmpty();
        dataset.Notes.ShouldBeEmpty();
        using var reader = new ImageReader();
        reader.Read(dataset.Items[1].Source).ShouldBe(File.ReadAllBytes(Path.Combine(folder.Root, "class 10/a.jpg")));
    }

    [Theory]
    [InlineData("train", "val", Split.Dev)]
    [InlineData("training", "validation", Split.Dev)]
    [InlineData("Train", "valid", Split.Dev)]
    [InlineData("train", "testing", Split.Test)]
    public void Open_ClassFoldersInSplits_GivesTheSplits(string train, string other, Split split)
    {
        using var folder = new DatasetFolder().Images($"{train}/ants/a.jpg", $"{train}/bees/b.jpg", $"{other}/ants/a.jpg",
            $"{other}/bees/c.jpg");
        var dataset = LabelledDatasetReader.Open(folder.Root);
        dataset.Layout.ShouldBe("class folders in split folders");
        dataset.Classes.ShouldBe(["ants", "bees"]);
        Listed(dataset).ShouldBe([($"{train}/ants/a.jpg", "ants", Split.Train), ($"{train}/bees/b.jpg", "bees", Split.Train),
            ($"{other}/ants/a.jpg", "ants", split), ($"{other}/bees/c.jpg", "bees", split)], ignoreOrder: true);
    }

    [Fact]
    public void Open_FolderAroundTheClasses_IsPassedOver()
    {
        using var folder = new DatasetFolder().Images("pets-main/images/cat/a.jpg", "pets-main/images/dog/b.jpg")
            .Text("pets-main/LICENSE", "x");
        Listed(LabelledDatasetReader.Open(folder.Zip())).ShouldBe([("cat/a.jpg", "cat", null), ("dog/b.jpg", "dog", null)]);
    }

    [Fact]
    public void Open_UntidyClassFolders_ReportsAndGoesOn()
    {
        using var folder = new DatasetFolder()
            .Images("train/cat/a.jpg", "train/cat/more/old/b.jpg", "train/dog/c.jpg", "train/lost.jpg", "stray.jpg", "extra/d.jpg",
            "val/cat/e.jpg", "val/Dog /f.jpg", "train/.thumbs/g.jpg")
            .Text("train/cat/notes.txt", "x");
        Directory.CreateDirectory(Path.Combine(folder.Root, "train/horse"));
        var dataset = LabelledDatasetReader.Open(folder.Root);
        dataset.Classes.ShouldBe(["Dog", "cat", "dog"], ignoreOrder: true);
        dataset.Items.Select(i => i.Id)
            .ShouldBe(["train/cat/a.jpg", "train/cat/more/old/b.jpg", "train/dog/c.jpg", "val/Dog /f.jpg", "val/cat/e.jpg"],
            ignoreOrder: true);
        dataset.Problems.Select(p => p.Where)
            .ShouldBe(["extra/d.jpg", "stray.jpg", "train/cat/notes.txt", "train/lost.jpg", "train/horse"], ignoreOrder: true);
        dataset.Problems.Single(p => p.Where == "train/horse").Reason.ShouldContain("no images");
        var notes = string.Join("\n", dataset.Notes.Select(n => $"{n.Where}: {n.Reason}"));
        notes.ShouldContain("train/cat/more/old: a folder within a class folder: its images (1) count as cat");
        notes.ShouldContain("\"Dog \" is taken as \"Dog\"");
        notes.ShouldContain("Dog (1) and dog (1) differ in case only");
        notes.ShouldContain("Dog: the class has no images in the train split");
    }

    [Fact]
    public void Open_ZipWithAnEmptyClassFolder_SaysSo()
    {
        using var folder = new DatasetFolder().Images("cat/a.jpg", "dog/b.jpg");
        Directory.CreateDirectory(Path.Combine(folder.Root, "horse"));
        LabelledDatasetReader.Open(folder.Zip()).Problems.ShouldHaveSingleItem().Where.ShouldBe("horse");
    }

    [Fact]
    public void Open_ClassCalledTrain_IsAClass()
    {
        using var folder = new DatasetFolder().Images("bus/a.jpg", "bus/b.jpg", "car/c.jpg", "train/d.jpg", "train/steam/e.jpg");
        LabelledDatasetReader.Open(folder.Root).Classes.ShouldBe(["bus", "car", "train"]);
    }

    [Theory]
    [InlineData("file,label\na.jpg,cat\nb.jpg,dog\nc.jpg,cat\n", "labels.csv")]
    [InlineData("Split;Class;Image\ntrain;cat;a.jpg\ntrain;dog;b.jpg\ntest;cat;c.jpg\n", "data.csv")]
    [InlineData("image\tlabel\tclass_name\na.jpg\t0\tcat\nb.jpg\t1\tdog\nc.jpg\t0\tcat\n", "data.tsv")]
    [InlineData("a.jpg|cat\nb.jpg|dog\nc.jpg|cat\nd.jpg|dog\n", "labels.txt")]
    public void Open_Csv_FindsItsColumnsAndSeparator(string content, string name)
    {
        using var folder = new DatasetFolder().Images("images/a.jpg", "images/b.jpg", "images/c.jpg", "images/d.jpg")
            .Text(name, content);
        var dataset = LabelledDatasetReader.Open(folder.Root);
        dataset.Layout.ShouldBe("CSV with labels");
        Listed(dataset).Take(3).Select(i => (i.Item1, i.Item2)).ShouldBe([("a.jpg", "cat"), ("b.jpg", "dog"), ("c.jpg", "cat")]);
        dataset.Items[2].Split.ShouldBe(content.Contains("test") ? Split.Test : null);
    }

    [Fact]
    public void Open_UntidyCsv_ReportsEachAndReadsTheRest()
    {
        using var folder = new DatasetFolder().Images("a.jpg", "b.jpg", "c.jpg", "d.jpg")
            .Text("labels.csv", "file,label\na.jpg,red  cat\nb.jpg,dog\nb.jpg,red cat\ngone.jpg,dog\nc.jpg,\nb.jpg,dog\n");
        var dataset = LabelledDatasetReader.Open(folder.Root);
        Listed(dataset).ShouldBe([("a.jpg", "red cat", null), ("b.jpg", "dog", null)]);
        dataset.Problems.Select(p => p.Where).ShouldBe(["labels.csv:4", "labels.csv:5", "labels.csv:6", "c.jpg", "d.jpg"]);
        dataset.Problems[0].Reason.ShouldContain("red cat and before the label dog: the first counts");
        dataset.Notes.ShouldHaveSingleItem().Where.ShouldBe("labels.csv:2");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_JsonLines_TakesTextAndNumbersAsLabels(bool zipped)
    {
        using var folder = new DatasetFolder().Images("train/a.jpg", "train/b.jpg", "train/c.jpg", "test/a.jpg")
            .Text("train/metadata.jsonl", "{\"file_name\": \"a.jpg\", \"label\": 10}\n{\"file_name\": \"b.jpg\", \"class\": "
            + "\"9\"}\n{\"file_name\": \"c.jpg\", \"label\": [1, 2]}\nno\n{\"file_name\": \"c.jpg\"}\n")
            .Text("test/metadata.jsonl", "{\"file_name\": \"a.jpg\", \"label\": [10]}\n");
        var dataset = LabelledDatasetReader.Open(zipped ? folder.Zip() : folder.Root);
        dataset.Layout.ShouldBe("JSON lines with labels");
        dataset.Classes.ShouldBe(["9", "10"]);
        Listed(dataset).ShouldBe([("a.jpg", "10", Split.Test), ("train/a.jpg", "10", Split.Train), ("b.jpg", "9", Split.Train)]);
        dataset.Problems.Select(p => p.Where).Take(3)
            .ShouldBe(["train/metadata.jsonl:3", "train/metadata.jsonl:4", "train/metadata.jsonl:5"]);
    }

    [Fact]
    public void Open_OneNamedFile_IsReadBesideItsImages()
    {
        using var folder = new DatasetFolder().Images("a.jpg", "b.jpg")
            .Text("mine.jsonl", "{\"file_name\": \"a.jpg\", \"label\": \"x\"}\n{\"file_name\": \"b.jpg\", \"label\": \"y\"}\n")
            .Text("other.csv", "file,label\na.jpg,q\n");
        LabelledDatasetReader.Open(Path.Combine(folder.Root, "mine.jsonl")).Classes.ShouldBe(["x", "y"]);
    }

    [Fact]
    public void Open_OneClass_SaysThatTwoAreNeeded()
    {
        using var folder = new DatasetFolder().Images("train/cat/a.jpg", "train/cat/b.jpg");
        Directory.CreateDirectory(Path.Combine(folder.Root, "train/dog"));
        var message = Should.Throw<CaptionTLException>(() => LabelledDatasetReader.Open(folder.Root)).Message;
        foreach (var part in (string[])["one class, cat", "at least two", "train/dog: the class folder has no images"])
            message.ShouldContain(part);
    }

    [Fact]
    public void Open_NothingLabelled_SaysWhatWasLookedForAndWhatIsThere()
    {
        using var folder = new DatasetFolder().Images("a.jpg", "b.jpg");
        var message = Should.Throw<CaptionTLException>(() => LabelledDatasetReader.Open(folder.Root)).Message;
        foreach (var part in (string[])["2 files", "2 × .jpg", "class folders", "JSON lines", "file and label"])
            message.ShouldContain(part);
        message = Should.Throw<CaptionTLException>(() => DatasetReader.Open(folder.Root)).Message;
        foreach (var part in (string[])["captions or labels", "Karpathy", "class folders"]) message.ShouldContain(part);
    }

    [Fact]
    public void Open_OtherKindThanWanted_SaysWhatWasFoundAndWhatFits()
    {
        using var labels = new DatasetFolder().Images("cat/a.jpg", "dog/b.jpg");
        var message = Should.Throw<CaptionTLException>(() => CaptionDatasetReader.Open(labels.Root)).Message;
        foreach (var part in (string[])["there are labels", "2 images in 2 classes (cat, dog)", "captiontl train"])
            message.ShouldContain(part);
        using var captions = new DatasetFolder().Images("train2017/a.jpg", "val2017/b.jpg")
            .Text("captions.csv", "image,caption\na.jpg,A dog runs.\nb.jpg,A cat.\n");
        message = Should.Throw<CaptionTLException>(() => LabelledDatasetReader.Open(captions.Root)).Message;
        foreach (var part in (string[])["there are captions", "CSV, 2 images", "captiontl train"]) message.ShouldContain(part);
    }

    [Theory]
    [InlineData("file_name,text,label\na.jpg,A cat.,cat\nb.jpg,A dog.,dog\n", "metadata.csv", true)]
    [InlineData("{\"file_name\": \"a.jpg\", \"text\": \"A cat.\", \"label\": \"cat\"}\n{\"file_name\": \"b.jpg\", \"text\": \"A dog.\", "
        + "\"label\": \"dog\"}\n", "metadata.jsonl", true)]
    [InlineData("{\"file_name\": \"a.jpg\", \"label\": \"cat\"}\n{\"file_name\": \"b.jpg\", \"label\": \"dog\"}\n",
        "metadata.jsonl", false)]
    [InlineData("a.jpg,cat\na.jpg,cat\nb.jpg,dog\nb.jpg,dog\n", "some.csv", false)]
    [InlineData("a.jpg,A cat sits there.\nb.jpg,A dog runs.\n", "some.csv", true)]
    public void Open_AnyKind_IsDecidedByContent(string content, string name, bool captions)
    {
        using var folder = new DatasetFolder().Images("a.jpg", "b.jpg").Text(name, content);
        DatasetReader.Open(folder.Root).GetType().ShouldBe(captions ? typeof(CaptionDataset) : typeof(LabelledDataset));
        if (content.Contains("label")) LabelledDatasetReader.Open(folder.Root).Classes.ShouldBe(["cat", "dog"]);
    }

    [Fact]
    public void Open_TheRealAntsAndBees_GivesItsKnownNumbers()
    {
        var dataset = DatasetReader.Open(Repository.RequireShared("hymenoptera_data")).ShouldBeOfType<LabelledDataset>();
        dataset.Classes.ShouldBe(["ants", "bees"]);
        (dataset.Items.Count(i => i.Split == Split.Train), dataset.Items.Count(i => i.Split == Split.Dev), dataset.Items.Count)
            .ShouldBe((243, 153, 396));
        dataset.Problems.ShouldBeEmpty();
    }
}
