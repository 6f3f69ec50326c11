using System.Text;
using CaptionTL.Training;

namespace CaptionTL.Tests.Training;

public class MaskedCrc32CTests
{
    // RFC 3720, appendix B.4.
    public static TheoryData<byte[], uint> Vectors => new()
    {
        { new byte[32], 0x8A9136AA },
        { [.. Enumerable.Repeat((byte)255, 32)], 0x62A8AB43 },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0x46DD794E },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))], 0x113FDB5C },
        { Encoding.ASCII.GetBytes("123456789"), 0xE3069283 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Crc_KnownVectors_AreEqual(byte[] data, uint crc) => MaskedCrc32C.Crc(data).ShouldBe(crc);

    // How every event file written by TensorFlow begins: a first record of 24 bytes.
    [Fact]
    public void Of_LengthOfAVersionRecord_IsTensorFlows() => MaskedCrc32C.Of([24, 0, 0, 0, 0, 0, 0, 0]).ShouldBe(0x224B7FA3u);
}
