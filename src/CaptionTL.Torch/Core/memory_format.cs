namespace TorchSharp;

/// <summary>How a 4-D tensor's elements lie in memory. Not libtorch's numbers: <see cref="Interop.Value.Format"/> translates.</summary>
public enum memory_format
{
    preserve_format = 0,
    contiguous_format = 1,
    channels_last = 2,
}
