using CaptionTL.Cli.Output;

namespace CaptionTL.Cli.Tests.Output;

public class UnitsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(18_700_000, "17.8 MiB")]
    [InlineData(1L << 40, "1.0 TiB")]
    public void Bytes_Size_AsPeopleRead(long bytes, string text) => Units.Bytes(bytes).ShouldBe(text);

    [Theory]
    [InlineData("500", 500L)]
    [InlineData("1.5 KiB", 1536L)]
    [InlineData("2GB", 2_000_000_000L)]
    [InlineData("3m", 3_000_000L)]
    [InlineData("", null)]
    [InlineData("GB", null)]
    [InlineData("-1", null)]
    [InlineData("1.2.3", null)]
    [InlineData("5 parsecs", null)]
    [InlineData("99999999999tb", null)]
    public void ParseBytes_Text_IsBytesOrNull(string text, long? bytes) => Units.ParseBytes(text).ShouldBe(bytes);

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(7.2, "8 s")]
    [InlineData(59.5, "1 min")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(4800, "1 h 20 min")]
    [InlineData(273_600, "3 d 4 h")]
    public void Duration_Seconds_AsPeopleRead(double seconds, string text) => Units.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(text);
}
