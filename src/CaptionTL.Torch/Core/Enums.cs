namespace TorchSharp;

/// <summary>How a 4-D tensor's elements lie in memory. Not libtorch's numbers: <see cref="Interop.Value.Format"/> translates.</summary>
public enum memory_format
{
    preserve_format = 0,
    contiguous_format = 1,
    channels_last = 2,
}

public enum layout
{
    strided = 0,
    sparse_coo = 1,
}

public enum indexing
{
    xy = 0,
    ij = 1,
}

/// <summary>How cdist multiplies: by matrix product where that pays, always, or never.</summary>
public enum compute_mode
{
    use_mm_for_euclid_dist_if_necessary = 0,
    use_mm_for_euclid_dist = 1,
    donot_use_mm_for_euclid_dist = 2,
}

public enum Reduce
{
    prod = 0,
    mean = 1,
    amax = 2,
    amin = 3,
}

public enum PaddingModes
{
    Zeros = 0,
    Reflect = 1,
    Replicate = 2,
    Circular = 3,
    Constant = 4,
}

public static partial class torch
{
    public enum RoundingMode
    {
        None = 0,
        trunc = 1,
        floor = 2,
    }
}
