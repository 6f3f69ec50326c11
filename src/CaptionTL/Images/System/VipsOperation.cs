namespace CaptionTL.Images;

/// <summary>One operation of libvips by name, its arguments set one by one.</summary>
internal sealed unsafe class VipsOperation : IDisposable
{
    private nint _operation;

    /// <exception cref="VipsException">There is no such operation.</exception>
    public VipsOperation(string name)
    {
        _operation = VipsNative.NewOperation(name);
        if (_operation == 0) throw new VipsException();
    }

    /// <summary>Numbers, flags, enumerations by their nickname, and arrays of numbers.</summary>
    /// <exception cref="VipsException">No such argument, or no such value.</exception>
    public VipsOperation Set(string argument, string value)
    {
        if (VipsNative.SetArgument(_operation, argument, value) != 0) throw new VipsException();
        return this;
    }

    public VipsOperation Set(string argument, VipsImage image)
    {
        VipsNative.GValue value = default;
        VipsNative.InitValue(&value, VipsNative.ImageType());
        VipsNative.SetObject(&value, image.DangerousGetHandle());
        VipsNative.SetProperty(_operation, argument, &value);
        VipsNative.UnsetValue(&value);
        GC.KeepAlive(image);
        return this;
    }

    /// <summary>The bytes are not copied: they must stay where they are until every image made from them is gone.</summary>
    public VipsOperation Set(string argument, byte* pinned, int count)
    {
        var blob = VipsNative.NewBlob(0, pinned, (nuint)count);
        VipsNative.GValue value = default;
        VipsNative.InitValue(&value, VipsNative.BlobType());
        VipsNative.SetBoxed(&value, blob);
        VipsNative.SetProperty(_operation, argument, &value);
        VipsNative.UnsetValue(&value);
        VipsNative.UnrefArea(blob);
        return this;
    }

    /// <exception cref="VipsException">The arguments do not fit together, or the header of what is loaded is damaged.</exception>
    public VipsOperation Build()
    {
        if (VipsNative.Build(_operation) != 0) throw new VipsException();
        return this;
    }

    /// <summary>Builds the operation and takes its output image.</summary>
    /// <exception cref="VipsException">As <see cref="Build"/>.</exception>
    public VipsImage BuildImage()
    {
        Build();
        VipsNative.GValue value = default;
        VipsNative.InitValue(&value, VipsNative.ImageType());
        VipsNative.GetProperty(_operation, "out", &value);
        var image = new VipsImage(VipsNative.DupObject(&value));
        VipsNative.UnsetValue(&value);
        return image;
    }

    /// <summary>Builds a saver and takes the file it made.</summary>
    /// <exception cref="VipsException">As <see cref="Build"/>.</exception>
    public byte[] BuildBytes()
    {
        Build();
        VipsNative.GValue value = default;
        VipsNative.InitValue(&value, VipsNative.BlobType());
        VipsNative.GetProperty(_operation, "buffer", &value);
        var data = VipsNative.BlobData(VipsNative.GetBoxed(&value), out var size);
        var bytes = new ReadOnlySpan<byte>(data, checked((int)size)).ToArray();
        VipsNative.UnsetValue(&value);
        return bytes;
    }

    public void Dispose()
    {
        if (_operation == 0) return;
        VipsNative.UnrefOutputs(_operation);
        VipsNative.Unref(_operation);
        _operation = 0;
    }
}
