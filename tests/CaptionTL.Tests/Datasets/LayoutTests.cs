using System.IO.Compression;
using System.Text;
using CaptionTL.Datasets;

namespace CaptionTL.Tests.Datasets;

public class LayoutTests
{
    private static DatasetFolder Flickr() => new DatasetFolder()
        .Images("Flicker8k_Dataset/a.jpg", "Flicker8k_Dataset/b.jpg", "Flicker8k_Dataset/c.jpg", "Flicker8k_Dataset/d.jpg")
        .Text("Flickr8k_text/Flickr8k.token.txt", "a.jpg#0\tA dog runs .\na.jpg#1\tA brown dog is running .\nb.jpg#0\tTwo "
        + "cats\nc.jpg#0\tA bird\nmissing.jpg#0\tNobody\nmissing.jpg#1\tNo one\nd.jpg#0\t \nno tab here\n")
        .Text("Flickr8k_text/Flickr8k.lemma.token.txt", "a.jpg#0\tdog run\n")
        .Text("Flickr8k_text/Flickr_8k.trainImages.txt", "a.jpg\r\nb.jpg\r\n")
        .Text("Flickr8k_text/Flickr_8k.devImages.txt", "c.jpg\n");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_Flickr8k_ReadsCaptionsSplitsAndProblems(bool zipped)
    {
        using var folder = Flickr();
        var dataset = CaptionDatasetReader.Open(zipped ? folder.Zip() : folder.Root);
        dataset.Layout.ShouldBe("Flickr8k/30k");
        dataset.Items.Select(i => (i.Id, i.Split)).ShouldBe([("a.jpg", Split.Train), ("b.jpg", Split.Train), ("c.jpg", Split.Dev)]);
        dataset.Items[0].Captions.ShouldBe(["A dog runs .", "A brown dog is running ."]);
        dataset.HasOfficialSplits.ShouldBeTrue();
        dataset.Problems.Select(p => p.Where).ShouldBe(
            ["Flickr8k_text/Flickr8k.token.txt:5", "Flickr8k_text/Flickr8k.token.txt:7", "Flickr8k_text/Flickr8k.token.txt:8",
                "Flicker8k_Dataset/d.jpg"]);
        using var reader = new ImageReader();
        reader.Read(dataset.Items[1].Source).ShouldBe(File.ReadAllBytes(Path.Combine(folder.Root, "Flicker8k_Dataset/b.jpg")));
    }

    [Fact]
    public void Open_Flickr30k_TakesSplitListsWithoutEndings()
    {
        using var folder = new DatasetFolder().Images("flickr30k_images/1.jpg", "flickr30k_images/2.jpg")
            .Text("results_20130124.token", "1.jpg#0\tOne .\n2.jpg#0\tTwo .\n").Text("train.txt", "1\n").Text("test.txt", "2\n");
        var dataset = CaptionDatasetReader.Open(folder.Root);
        dataset.Items.Select(i => i.Split).ShouldBe([Split.Train, Split.Test]);
        dataset.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Open_CocoCaptions_JoinsImagesAndAnnotations()
    {
        using var folder = new DatasetFolder().Images("train2017/1.jpg", "train2017/2.jpg", "val2017/3.jpg")
            .Text("annotations/instances_val2017.json", """{"images":[{"id":3,"file_name":"3.jpg"}],"annotations":[{"image_id":"""
                + """3,"bbox":[1,2,3,4]}]}""")
            .Text("annotations/captions_train2017.json", """
                {"info":{"year":2017},"images":[{"id":1,"file_name":"1.jpg","height":4},{"id":2,"file_name":"2.jpg"},
                {"id":1,"file_name":"2.jpg"},{"id":9,"file_name":"gone.jpg"}],
                "annotations":[{"id":5,"image_id":2,"caption":"Two"},{"id":6,"image_id":1,"caption":"One"},
                {"id":7,"image_id":1,"caption":"Uno"},{"id":8,"image_id":77,"caption":"?"}]}
                """)
            .Text("annotations/captions_val2017.json", """{"images":[{"id":3,"file_name":"3.jpg"}],"annotations":[{"image_id":"""
                + """3,"caption":"Three"}]}""");
        var dataset = CaptionDatasetReader.Open(folder.Root);
        dataset.Layout.ShouldBe("COCO captions");
        dataset.Items.Select(i => (i.Id, i.Split)).ShouldBe([("1.jpg", Split.Train), ("2.jpg", Split.Train), ("3.jpg", Split.Dev)]);
        dataset.Items[0].Captions.ShouldBe(["One", "Uno"]);
        dataset.Problems.Count.ShouldBe(3);
        CaptionDatasetReader.Open(
            Path.Combine(folder.Root, "annotations/captions_val2017.json")).Items.ShouldHaveSingleItem().Id.ShouldBe("3.jpg");
    }

    [Fact]
    public void Open_Karpathy_ReadsSentencesAndTakesRestvalAsTrain()
    {
        using var folder = new DatasetFolder().Images("train2014/1.jpg", "val2014/2.jpg", "val2014/3.jpg")
            .Text("dataset_coco.json", """
                {"images":[{"filepath":"train2014","filename":"1.jpg","split":"train",
                "sentences":[{"tokens":["a"],"raw":"A."},{"raw":"B."}]},
                {"filepath":"val2014","filename":"2.jpg","split":"restval","sentences":[{"tokens":["two","cats"]}]},
                {"filepath":"val2014","filename":"3.jpg","split":"val","sentences":[{"raw":"C"}]},{"split":"test"}],"dataset":"coco"}
                """);
        var dataset = CaptionDatasetReader.Open(folder.Root);
        dataset.Layout.ShouldBe("Karpathy JSON");
        dataset.Items.Select(i => (i.Id, i.Split))
            .ShouldBe([("train2014/1.jpg", Split.Train), ("val2014/2.jpg", Split.Train), ("val2014/3.jpg", Split.Dev)]);
        dataset.Items[1].Captions.ShouldBe(["two cats"]);
        dataset.Problems.ShouldHaveSingleItem().Reason.ShouldContain("images[3]");
    }

    [Fact]
    public void Open_MetadataJsonl_ReadsOneOrManyCaptionsALine()
    {
        using var folder = new DatasetFolder().Images("train/a.jpg", "train/b.jpg", "validation/a.jpg")
            .Text("train/metadata.jsonl", "\uFEFF{\"file_name\": \"a.jpg\", \"text\": \"A dog\"}\n\n{\"file_name\": \"b.jpg\", "
            + "\"captions\": [\"x\", \"y\", 3]}\nnot json\n{\"text\": \"no name\"}\n{\"file_name\": \"b.jpg\"}\n")
            .Text("validation/metadata.jsonl", "{\"file_name\": \"a.jpg\", \"text\": \"A cat\"}");
        var dataset = CaptionDatasetReader.Open(folder.Root);
        dataset.Layout.ShouldBe("metadata.jsonl");
        dataset.Items.Select(i => (i.Id, i.Split, i.Captions.Count))
            .ShouldBe([("a.jpg", Split.Train, 1), ("b.jpg", Split.Train, 2), ("validation/a.jpg", Split.Dev, 1)]);
        dataset.Problems.Select(p => p.Where)
            .ShouldBe(["train/metadata.jsonl:3", "train/metadata.jsonl:4", "train/metadata.jsonl:5", "train/metadata.jsonl:6"]);
    }

    [Theory]
    [InlineData("image,caption\na.jpg,\"A dog, running\"\na.jpg,He said \"hi\"\nb.jpg,\"Two\nlines\"\n", "data.csv")]
    [InlineData("Caption;Other;File\n\"A dog, running\";1;a.jpg\nHe said \"hi\";2;a.jpg\n\"Two\nlines\";3;b.jpg\n", "data.csv")]
    [InlineData("image_name| comment_number| comment\na.jpg| 0| A dog, running\na.jpg| 1| He said \"hi\"\nb.jpg| 0| \"Two\nlines\"\n",
        "results.csv")]
    [InlineData("a.jpg\tA dog, running\na.jpg\tHe said \"hi\"\nb.jpg\t\"Two\nlines\"\n", "data.tsv")]
    [InlineData("image,caption\na.jpg,\"A dog, running\"\na.jpg,\"He said \"\"hi\"\"\"\nb.jpg,\"Two\nlines\"\n", "captions.txt")]
    public void Open_Csv_FindsItsColumnsAndSeparator(string content, string name)
    {
        using var folder = new DatasetFolder().Images("images/a.jpg", "images/b.jpg").Text(name, content);
        var dataset = CaptionDatasetReader.Open(folder.Root);
        dataset.Layout.ShouldBe("CSV");
        dataset.Problems.ShouldBeEmpty();
        dataset.Items.Select(i => i.Id).ShouldBe(["a.jpg", "b.jpg"]);
        dataset.Items[0].Captions.ShouldBe(["A dog, running", "He said \"hi\""]);
        dataset.Items[1].Captions.ShouldBe(["Two\nlines"]);
        dataset.HasOfficialSplits.ShouldBeFalse();
    }

    [Fact]
    public void Open_CsvWithBadRows_ReportsEachAndReadsTheRest()
    {
        using var folder = new DatasetFolder().Images("a.jpg", "b.jpg");
        byte[] bad = [.. "image,caption\na.jpg,good\nb.jpg\na.jpg,one, two\na.jpg,caf"u8, 0xE9,
            .. "\nb.jpg,\"never closed\nb.jpg,fine\n"u8];
        folder.Bytes("captions.csv", bad);
        var dataset = CaptionDatasetReader.Open(folder.Root);
        dataset.Items.SelectMany(i => i.Captions).ShouldBe(["good", "fine"]);
        dataset.Problems.Select(p => p.Where).ShouldBe(["captions.csv:3", "captions.csv:4", "captions.csv:5", "captions.csv:6"]);
    }

    [Theory]
    [InlineData("../secret.jpg")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\\\windows\\\\a.jpg")]
    [InlineData("x/../../secret.jpg")]
    public void Open_NameLeadingOutside_IsRefused(string name)
    {
        using var folder = new DatasetFolder().Images("a.jpg");
        folder.Bytes("../secret.jpg", [1]);
        folder.Text("metadata.jsonl", $"{{\"file_name\": \"{name}\", \"text\": \"x\"}}\n{{\"file_name\": \"a.jpg\", \"text\": "
            + $"\"fine\"}}\n");
        var dataset = CaptionDatasetReader.Open(folder.Root);
        dataset.Items.ShouldHaveSingleItem().Id.ShouldBe("a.jpg");
        dataset.Problems.ShouldHaveSingleItem().Reason.ShouldContain("not one of a file within the data set");
    }

    [Fact]
    public void Open_UnknownLayout_SaysWhatWasLookedForAndWhatIsThere()
    {
        using var folder = new DatasetFolder().Images("x/a.jpg", "x/b.jpg").Text("notes.md", "hello");
        var message = Should.Throw<CaptionTLException>(() => CaptionDatasetReader.Open(folder.Root)).Message;
        foreach (var part in (string[])["3 files", "2 × .jpg", "token.txt", "Karpathy", "captions_*.json", "metadata.jsonl", ".csv"])
            message.ShouldContain(part);
        Should.Throw<CaptionTLException>(() => CaptionDatasetReader.Open(Path.Combine(folder.Root, "nowhere"))).Message.ShouldContain(
            "no such folder");
        folder.Text("broken.zip", "PK no");
        Should.Throw<CaptionTLException>(() => CaptionDatasetReader.Open(Path.Combine(folder.Root, "broken.zip"))).Message.ShouldContain(
            "not a zip archive");
    }

    [Fact]
    public void Open_NoUsableImage_SaysWhy()
    {
        using var folder = new DatasetFolder().Text("metadata.jsonl", "{\"file_name\": \"gone.jpg\", \"text\": \"x\"}");
        Should.Throw<CaptionTLException>(() => CaptionDatasetReader.Open(folder.Root)).Message.ShouldContain("gone.jpg is not there");
    }

    [Fact]
    public void Open_ZipWithBadNames_SkipsThem()
    {
        using var folder = new DatasetFolder();
        var zip = Path.Combine(folder.Root, "evil.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            void Add(string name, byte[] content)
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(content);
            }

            Add("../../evil.jpg", [1, 2, 3]);
            Add("a.jpg", [4]);
            Add("a.jpg", [5]);
            Add("__MACOSX/._a.jpg", [6]);
            Add("metadata.jsonl", Encoding.UTF8.GetBytes("{\"file_name\": \"a.jpg\", \"text\": \"x\"}\n{\"file_name\": "
                + "\"../../evil.jpg\", \"text\": \"x\"}"));
        }
        var dataset = CaptionDatasetReader.Open(zip);
        dataset.Items.ShouldHaveSingleItem().Source.ShouldBe(new ImageSource(zip, "a.jpg"));
        dataset.Problems.Count.ShouldBe(3);
    }

    [Fact]
    public void Open_TheRealFlickr8k_GivesItsKnownNumbers()
    {
        var dataset = CaptionDatasetReader.Open(Repository.RequireShared("flickr8k"));
        dataset.Items.Count.ShouldBe(7000);
        dataset.Items.Sum(i => i.Captions.Count).ShouldBe(35000);
        dataset.Items.Count(i => i.Split == Split.Train).ShouldBe(6000);
        dataset.Items.Count(i => i.Split == Split.Dev).ShouldBe(1000);
        dataset.Items[0].Captions[0].ShouldBe("A child in a pink dress is climbing up a set of stairs in an entry way .");
    }
}
