using System.Runtime.InteropServices;
using CaptionTL.Weights;

namespace CaptionTL.Tests.Weights;

public class TensorDataTests
{
    [Fact]
    public void ToFloat32_EveryHalf_EqualsTheRuntimesConversion()
    {
        var halves = Enumerable.Range(0, 65536).Select(i => BitConverter.UInt16BitsToHalf((ushort)i)).ToArray();
        var floats = new float[halves.Length];
        TensorData.ToFloat32(TensorDType.F16, MemoryMarshal.AsBytes(halves.AsSpan()), floats);
        for (var i = 0; i < halves.Length; i++) floats[i].Equals((float)halves[i]).ShouldBeTrue($"{i:x4}");
        var back = new byte[halves.Length * 2];
        TensorData.FromFloat32(TensorDType.F16, floats, back);
        for (var i = 0; i < halves.Length; i++)
            if (!Half.IsNaN(halves[i])) BitConverter.ToUInt16(back, i * 2).ShouldBe((ushort)i);
    }

    [Fact]
    public void ToFloat32_EveryBFloat_IsTheUpperHalfOfAFloatAndComesBack()
    {
        var words = Enumerable.Range(0, 65536).Select(i => (ushort)i).ToArray();
        var floats = new float[words.Length];
        TensorData.ToFloat32(TensorDType.BF16, MemoryMarshal.AsBytes(words.AsSpan()), floats);
        for (var i = 0; i < words.Length; i++) BitConverter.SingleToUInt32Bits(floats[i]).ShouldBe((uint)i << 16);
        var back = new byte[words.Length * 2];
        TensorData.FromFloat32(TensorDType.BF16, floats, back);
        for (var i = 0; i < words.Length; i++)
            if (!float.IsNaN(floats[i])) BitConverter.ToUInt16(back, i * 2).ShouldBe(words[i]);
    }

    [Theory]
    [InlineData(0x3F800000u, 0x3F80)]
    [InlineData(0x3F808000u, 0x3F80)] // a tie goes to the even neighbour
    [InlineData(0x3F818000u, 0x3F82)]
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x7F7FFFFFu, 0x7F80)] // the largest float rounds to infinity
    [InlineData(0x7F800001u, 0x7FC0)] // a NaN stays one
    public void FromFloat32_BFloat_RoundsToNearestEven(uint bits, int expected)
    {
        var word = new byte[2];
        TensorData.FromFloat32(TensorDType.BF16, [BitConverter.UInt32BitsToSingle(bits)], word);
        BitConverter.ToUInt16(word).ShouldBe((ushort)expected);
    }

    [Fact]
    public void ToFloat32_UnalignedAndOtherTypes_Converts()
    {
        var floats = new float[2];
        TensorData.ToFloat32(TensorDType.I64, [.. BitConverter.GetBytes(-3L), .. BitConverter.GetBytes(1L << 40)], floats);
        floats.ShouldBe([-3f, 1L << 40]);
        TensorData.ToFloat32(TensorDType.F64, ((byte[])[0, .. BitConverter.GetBytes(1.5), .. BitConverter.GetBytes(-0.1)])
            .AsSpan(1), floats);
        floats.ShouldBe([1.5f, -0.1f]);
        TensorData.ToFloat32(TensorDType.Bool, [0, 2], floats);
        floats.ShouldBe([0f, 1f]);
        TensorData.ToFloat32(TensorDType.I8, [0xFF, 0x7F], floats);
        floats.ShouldBe([-1f, 127f]);
        Should.Throw<ArgumentException>(() => TensorData.ToFloat32(TensorDType.F16, [0], new float[1]));
        Should.Throw<ArgumentException>(() => TensorData.FromFloat32(TensorDType.I8, [1f], new byte[1]));
    }
}
