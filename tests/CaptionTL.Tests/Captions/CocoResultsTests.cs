using System.Text;
using System.Text.Json;
using CaptionTL.Captions;

namespace CaptionTL.Tests.Captions;

public class CocoResultsTests
{
    [Fact]
    public void Write_Captions_IsTheResultsFormat()
    {
        using var stream = new MemoryStream();
        CocoResults.Write(stream, [("391895", "A man's \"bike\"."), ("0042", "B"), ("a.jpg", "C")]);
        using var json = JsonDocument.Parse(stream.ToArray());
        json.RootElement.EnumerateArray().Select(e => $"{e.GetProperty("image_id").GetRawText()} {e.GetProperty("caption").GetString()}")
            .ShouldBe(["391895 A man's \"bike\".", "\"0042\" B", "\"a.jpg\" C"]);
        Encoding.UTF8.GetString(stream.ToArray()).ShouldContain("man's");
    }
}
