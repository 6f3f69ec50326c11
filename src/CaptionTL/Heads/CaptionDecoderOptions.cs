namespace CaptionTL.Heads;

/// <summary>The shape of a caption decoder and its regularisation.</summary>
public sealed record CaptionDecoderOptions
{
    /// <summary>Channels of the embeddings it reads.</summary>
    public required int Channels { get; init; }

    /// <summary>Cells of the grid they lie on.</summary>
    public required int Cells { get; init; }

    /// <summary>Words, special tokens included.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Units of the LSTM, of the word vectors and of the projected embeddings.</summary>
    public int Hidden { get; init; } = 512;

    /// <summary>
    /// True: every word looks at the grid's cells anew (Show, Attend and Tell). False: the picture is one vector, the mean over the
    /// cells, that the LSTM starts from (Show and Tell).
    /// </summary>
    public bool Attention { get; init; } = true;

    /// <summary>Parts of the attention that weigh the cells each in its own way; divides <see cref="Hidden"/>.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Share of the grid's cells hidden in training.</summary>
    public double CellDropout { get; init; } = 0.1;

    /// <summary>Share of the projected cells' entries set to zero in training.</summary>
    public double MemoryDropout { get; init; } = 0.3;

    /// <summary>Share of word vectors' entries set to zero in training.</summary>
    public double EmbeddingDropout { get; init; } = 0.3;

    /// <summary>Share of the LSTM's outputs, and of the output layer's input, set to zero in training.</summary>
    public double OutputDropout { get; init; } = 0.4;

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public CaptionDecoderOptions Validated()
    {
        if (Channels < 1) throw Wrong(nameof(Channels), Channels, "at least 1");
        if (Cells < 1) throw Wrong(nameof(Cells), Cells, "at least 1");
        if (VocabularySize < 5) throw Wrong(nameof(VocabularySize), VocabularySize, "at least 5: four special tokens and a word");
        if (Hidden is < 1 or > 8192) throw Wrong(nameof(Hidden), Hidden, "from 1 to 8192");
        if (Attention && (Heads < 1 || Hidden % Heads != 0)) throw Wrong(nameof(Heads), Heads, FormattableString.Invariant($"a divisor of Hidden, {Hidden}"));
        foreach (var (name, rate) in new[] { (nameof(CellDropout), CellDropout), (nameof(MemoryDropout), MemoryDropout), (nameof(EmbeddingDropout), EmbeddingDropout), (nameof(OutputDropout), OutputDropout) })
            if (rate is not (>= 0 and < 1)) throw Wrong(name, rate, "from 0 up to, but not including, 1");
        return this;
    }

    private static CaptionTLException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"The decoder's {name} is {value}; it must be {range}."));
}
