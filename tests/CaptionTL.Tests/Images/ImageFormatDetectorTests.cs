using System.Text;
using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class ImageFormatDetectorTests
{
    [Theory]
    [InlineData("<!DOCTYPE html><html><body>404</body></html>", "HTML")]
    [InlineData("\n  <html>", "HTML")]
    [InlineData("%PDF-1.7\n", "PDF")]
    [InlineData("PK\u0003\u0004....", "zip")]
    [InlineData("\0\0\0\u0018ftypheic....", "HEIC")]
    [InlineData("\0\0\0\u0018ftypavif....", "AVIF")]
    [InlineData("\0\0\0\u0018ftypisom....", "video")]
    [InlineData("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS")]
    [InlineData("BMW drives past a house.", "text")]
    [InlineData("a dog runs", "text")]
    [InlineData("{\"images\": []}", "JSON")]
    [InlineData("RIFF....WAVEfmt ", "RIFF")]
    [InlineData("\u0001\u0002\u0003\u0004", "binary")]
    [InlineData("\0\0\0\0\0\0\0\0", "zero bytes")]
    public void Decode_SomethingElse_SaysWhatItLooksLike(string content, string looksLike)
    {
        var bytes = Encoding.Latin1.GetBytes(content);
        var error = Should.Throw<ImageException>(() => ImageDecoder.Decode(bytes));
        error.Problem.ShouldBe(ImageProblem.UnknownFormat);
        error.Message.ShouldContain(looksLike);
        error.Message.ShouldContain("JPEG, PNG, WebP, GIF, BMP and TIFF");
        Should.Throw<ImageException>(() => ImageDecoder.ReadHeader(bytes)).Message.ShouldBe(error.Message);
    }

    [Fact]
    public void Decode_NoBytes_SaysSo() =>
        Should.Throw<ImageException>(() => ImageDecoder.Decode(ReadOnlyMemory<byte>.Empty)).Problem.ShouldBe(ImageProblem.Empty);
}
