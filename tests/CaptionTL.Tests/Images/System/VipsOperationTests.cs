using System.Text;
using CaptionTL.Images;

namespace CaptionTL.Tests.Images;

public class VipsOperationTests
{
    [Theory]
    [InlineData("svgload_buffer", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>")]
    [InlineData("magickload_buffer", "P3 1 1 255 0 0 0")]
    public unsafe void Build_UntrustedLoader_IsBlocked(string loader, string content)
    {
        VipsLibrary.EnsureStarted();
        var bytes = Encoding.Latin1.GetBytes(content);
        fixed (byte* data = bytes)
        {
            var pinned = (nint)data;
            // Either the machine's libvips lacks the loader, or it is refused.
            Should.Throw<VipsException>(() =>
            {
                using var operation = new VipsOperation(loader);
                operation.Set("buffer", (byte*)pinned, bytes.Length).BuildImage().Dispose();
            });
            VipsLibrary.TakeError().ShouldMatch("blocked|not found");
        }
    }
}
