namespace CaptionTL.Weights;

/// <summary>A file of named tensors, whatever its format. Opening one reads names, types and shapes; nothing in it is ever executed.</summary>
public interface ITensorFile : IDisposable
{
    /// <summary>The file, for messages.</summary>
    string Path { get; }

    /// <summary>For people, for instance <c>PyTorch (zip)</c>.</summary>
    string Format { get; }

    /// <summary>Tensors by the names the file gives them.</summary>
    IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>What else the file says about itself.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Copies a tensor's elements: row-major, little-endian, without gaps. Thread-safe.</summary>
    /// <param name="name">One of <see cref="Tensors"/>.</param>
    /// <param name="destination">Exactly the entry's <see cref="TensorEntry.Length"/> bytes.</param>
    /// <exception cref="WeightFileException">No such tensor, or its bytes are damaged.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    void Read(string name, Span<byte> destination);
}
