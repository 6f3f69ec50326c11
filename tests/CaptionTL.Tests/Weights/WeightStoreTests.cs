using System.Security.Cryptography;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public sealed class WeightStoreTests : IDisposable
{
    private static readonly byte[] Content = "weights, as far as this test goes"u8.ToArray();

    private readonly TemporaryFolder _folder = new();

    private string Cache => _folder.File("cache");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a/net/model.safetensors", "model.safetensors")]
    [InlineData("b/net.safetensors", "model.safetensors")]
    [InlineData("b/net/net-0123.pth", "net-0123.pth")]
    [InlineData("a/net-0123.pth", "net-0123.pth")]
    [InlineData("cache/net/model.safetensors", "model.safetensors")]
    public void Resolve_EveryPlace_IsFound(string place, string fileName)
    {
        var path = Put(place, Content);
        Store().Resolve(Row() with { FileName = fileName }).ShouldBe(path);
    }

    [Fact]
    public void Resolve_Nowhere_IsNull()
    {
        Put("a/model.safetensors", Content); // a name that says nothing
        Put("a/other/model.safetensors", Content);
        Store().Resolve(Row()).ShouldBeNull();
    }

    [Fact]
    public void Resolve_WrongFile_ThrowsNamingFileAndBothSums()
    {
        var path = Put("a/net.safetensors", "something else"u8.ToArray());
        var error = Should.Throw<WeightFileException>(() => Store().Resolve(Row()));
        error.File.ShouldBe(path);
        error.Message.ShouldContain(Sum(Content));
        error.Message.ShouldContain(Sum("something else"u8.ToArray()));
    }

    [Fact]
    public void Resolve_PublishedPrefixOnly_ComparesThePrefix()
    {
        var path = Put("a/net.safetensors", Content);
        Store().Resolve(Row() with { Sha256 = Sum(Content)[..8].ToUpperInvariant() }).ShouldBe(path);
        Should.Throw<WeightFileException>(() => Store().Resolve(Row() with { Sha256 = "00000000" }));
    }

    [Fact]
    public void Install_RightAndWrongFile_CopiesOrThrows()
    {
        var mine = Put("downloads/some name.bin", Content);
        Store().Install(mine, Row()).ShouldBe(Path.Combine(Cache, "net", "model.safetensors"));
        Store().Resolve(Row()).ShouldBe(Path.Combine(Cache, "net", "model.safetensors"));
        var wrong = Put("downloads/wrong.bin", [1, 2, 3]);
        Should.Throw<WeightFileException>(() => Store().Install(wrong, Row())).File.ShouldBe(wrong);
        Should.Throw<CaptionTLException>(() => Store().Install(_folder.File("none"), Row())).Message.ShouldContain("none");
        File.ReadAllBytes(Path.Combine(Cache, "net", "model.safetensors")).ShouldBe(Content);
    }

    [Theory]
    [InlineData("../net", "model.safetensors")]
    [InlineData("net", "a/b.safetensors")]
    [InlineData(".net", "model.safetensors")]
    public void Resolve_RowThatIsNoFileName_Throws(string name, string fileName) =>
        Should.Throw<ArgumentException>(() => Store().Resolve(Row() with { Name = name, FileName = fileName }));

    [Fact]
    public void Sha256Of_SettledFile_IsRememberedUntilItChanges()
    {
        var path = Put("a/net.safetensors", Content);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        Store().Sha256Of(path).ShouldBe(Sum(Content));
        Directory.Exists(Path.Combine(Cache, ".checksums")).ShouldBeFalse("a file that changed a moment ago is not remembered");

        var old = Repository.Samples + "/coffee.png";
        var sum = Store().Sha256Of(old);
        sum.ShouldBe(Sum(File.ReadAllBytes(old)));
        var note = Directory.GetFiles(Path.Combine(Cache, ".checksums")).ShouldHaveSingleItem();
        File.WriteAllText(note, File.ReadAllText(note).Replace(sum, new string('0', 64)));
        Store().Sha256Of(old).ShouldBe(new string('0', 64), "the note is used");
        File.WriteAllText(note, File.ReadAllText(note).Replace("\"Stamp\":\"", "\"Stamp\":\"1"));
        Store().Sha256Of(old).ShouldBe(sum, "a note of another stamp is not");
        File.WriteAllText(note, "{ not JSON");
        Store().Sha256Of(old).ShouldBe(sum);
    }

    [Fact]
    public void Resolve_PretrainedWeightsOfAFolder_AreFound()
    {
        var path = Repository.RequireShared("models/tf_efficientnet_lite0.in1k/model.safetensors");
        var store = new WeightStore(new WeightStoreOptions { Folders = [Path.Combine(Repository.Shared, "models")], CacheFolder = Cache });
        var row = Row() with { Name = "tf_efficientnet_lite0.in1k",
            Sha256 = "7b91a2b0b37ebfed237a0f60d6f4a7a8efb0873a99e364b78e977554d09273a6" };
        store.Resolve(row).ShouldBe(path);
        store.Resolve(row).ShouldBe(path);
    }

    private WeightStore Store() =>
        new(new WeightStoreOptions { Folders = [_folder.File("a"), _folder.File("b")], CacheFolder = Cache, AllowDownload = false });

    private string Put(string place, byte[] content)
    {
        var path = _folder.File(place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static WeightFile Row() => new()
    {
        Name = "net", FileName = "model.safetensors", Address = new Uri("https://example.org/model.safetensors"), Sha256 = Sum(Content),
            Licence = "CC0-1.0", Source = "this test",
    };

    private static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
