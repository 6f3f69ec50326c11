using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public sealed class TensorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("coffee.png", "PNG image")]
    [InlineData("rocket.jpg", "JPEG image")]
    public void Open_Image_SaysSo(string name, string what) =>
        Should.Throw<WeightFileException>(() => TensorFile.Open(Path.Combine(Repository.Samples, name))).Reason.ShouldContain(what);

    [Theory]
    [InlineData("<!DOCTYPE html><html>", "web page")]
    [InlineData("\r\n\n  <html>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "git lfs pull")]
    [InlineData("GIF89a", "GIF")]
    [InlineData("RIFF1234WEBP", "WebP")]
    [InlineData("%PDF-1.7", "PDF")]
    [InlineData("{\"error\": \"not found\"}", "JSON")]
    public void Open_SomethingElse_SaysWhatItLooksLike(string content, string what)
    {
        var path = _folder.File("model.pth");
        File.WriteAllText(path, content);
        Should.Throw<WeightFileException>(() => TensorFile.Open(path)).Reason.ShouldContain(what);
    }

    [Fact]
    public void Open_EmptyMissingOrFolder_ThrowsTheTypedError()
    {
        File.WriteAllText(_folder.File("empty.pth"), "");
        Should.Throw<WeightFileException>(() => TensorFile.Open(_folder.File("empty.pth")));
        Should.Throw<WeightFileException>(() => TensorFile.Open(_folder.File("none.pth"))).Place.ShouldBe("file");
        Should.Throw<WeightFileException>(() => TensorFile.Open(_folder.Path)).Place.ShouldBe("file");
    }

    [Fact]
    public void Read_UnknownNameOrWrongLength_Throws()
    {
        foreach (var name in (string[])["zip_state_dict.pth", "legacy_state_dict.pth", "tensors.safetensors"])
        {
            using var file = TensorFile.Open(Goldens.File("weights/" + name));
            Should.Throw<WeightFileException>(() => file.Read("none", []));
            Should.Throw<ArgumentException>(() => file.Read("layer.bias", new byte[11]));
        }
    }
}
