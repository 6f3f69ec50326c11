using System.Security.Cryptography;
using CaptionTL.Embeddings;

namespace CaptionTL.Tests.Embeddings;

public class ContentHashTests
{
    [Fact]
    public void Of_Bytes_IsSha256AndComesBack()
    {
        var hash = ContentHash.OfText("abc");
        hash.ToString().ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        hash.ToBytes().ShouldBe(SHA256.HashData("abc"u8));
        ContentHash.FromBytes(hash.ToBytes()).ShouldBe(hash);
        ContentHash.Of("abd"u8).ShouldNotBe(hash);
    }
}
