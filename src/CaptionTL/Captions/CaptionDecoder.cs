using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;
using static TorchSharp.torch;

namespace CaptionTL.Captions;

/// <summary>
/// An LSTM that writes a caption from an image's embedding. It starts from the mean over the image's cells, which is also an input at
/// every word. For each word it then attends to the grid: several heads weigh the cells by the dot products of their keys with its state
/// and take the weighted means of their values (Xu et al., 2015; heads as in Vaswani et al., 2017). The context is not fed back into the
/// LSTM (global attention, Luong et al., 2015), so that training attends for all words at once. The output layer shares its weights with
/// the word vectors (Press and Wolf, 2017). Without attention the image is its mean alone (Vinyals et al., 2015). Dropout drops the same
/// units at every word of a caption (Gal and Ghahramani, 2016). N images, P cells, C channels, H hidden units, V words, T steps; B
/// captions, B / N for each image and side by side, so that an image with several captions, or the beams of a search, share one memory.
/// </summary>
public sealed class CaptionDecoder : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear project;
    private readonly LayerNorm project_norm;
    private readonly Linear initial;
    private readonly Linear picture_gates; // stored under this name
    private readonly Attention? attention;
    private readonly Embedding embedding;
    private readonly Linear word_gates;
    private readonly Linear recurrent_gates;
    private readonly Linear combine;
    private readonly Parameter output_bias;

    public CaptionDecoder(CaptionDecoderOptions options) : base(nameof(CaptionDecoder))
    {
        Options = options.Validated();
        var hidden = options.Hidden;
        project = Linear(options.Channels, hidden);
        project_norm = LayerNorm(hidden);
        initial = Linear(hidden, 2 * hidden);
        picture_gates = Linear(hidden, 4 * hidden, hasBias: false);
        attention = options.Attention ? new Attention(options.Cells, hidden, options.Heads) : null;
        embedding = Embedding(options.VocabularySize, hidden);
        word_gates = Linear(hidden, 4 * hidden);
        recurrent_gates = Linear(hidden, 4 * hidden, hasBias: false);
        combine = Linear(options.Attention ? 2 * hidden : hidden, hidden);
        output_bias = Parameter(zeros(options.VocabularySize));
        RegisterComponents();
        Initialize();
    }

    public CaptionDecoderOptions Options { get; }

    /// <summary>What the decoder keeps of images: from embeddings (N, P, C).</summary>
    public DecoderMemory Memory(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        var cells = embeddings.to(ScalarType.Float32);
        if (attention is null) cells = cells.mean([1], keepdim: true);
        var projected = functional.dropout(project_norm.call(project.call(cells)).relu_(), Options.MemoryDropout, training);
        if (attention is null) return Memory(projected.mean([1]), null);
        if (training && Options.CellDropout > 0)
            projected = projected * Kept(Options.CellDropout, projected.shape[0], projected.shape[1], 1);
        var (remembered, mean) = attention.Remember(projected);
        return Memory(mean, remembered);

        DecoderMemory Memory(Tensor image, Tensor? grid) => new DecoderMemory(image, picture_gates.call(image), grid)
            .MoveToOuterDisposeScope();
    }

    /// <summary>The state before the first word of B captions, (B, H) each.</summary>
    /// <param name="memory">From <see cref="Memory"/>.</param>
    /// <param name="each">Captions for each image, B / N.</param>
    public DecoderState Start(DecoderMemory memory, long each = 1)
    {
        using var scope = NewDisposeScope();
        var first = initial.call(memory.Mean).tanh();
        var parts = (each == 1 ? first : first.repeat_interleave(each, 0)).chunk(2, 1);
        return new DecoderState(parts[0], parts[1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The words' part of the gates: indices (B, T) or (B) to the same shape and 4H; gates in the order input, forget, candidate, output.
    /// </summary>
    public Tensor WordGates(Tensor words)
    {
        using var scope = NewDisposeScope();
        // Scaled to entries of about 1: those of the output layer, about H^−½, would vanish beside the image.
        var vectors = embedding.call(words) * Math.Sqrt(Options.Hidden);
        if (training && Options.EmbeddingDropout > 0)
            vectors = vectors * Kept(Options.EmbeddingDropout, words.shape[0], 1, Options.Hidden);
        return word_gates.call(vectors).MoveToOuterDisposeScope();
    }

    /// <summary>One step of the LSTM for B captions, with attention after it.</summary>
    /// <param name="memory">From <see cref="Memory"/>.</param>
    /// <param name="wordGates">(B, 4H), of the words before.</param>
    /// <param name="state">Not disposed here.</param>
    public DecoderStep Step(DecoderMemory memory, Tensor wordGates, DecoderState state)
    {
        using var scope = NewDisposeScope();
        var gates = wordGates.view(memory.Images, -1, 4 * Options.Hidden) + memory.Gates.unsqueeze(1);
        var next = Advance(gates.view(-1, 4 * Options.Hidden), state);
        var (seen, weights) = Look(memory, next.Hidden);
        return new DecoderStep(next.MoveToOuterDisposeScope(), seen.MoveToOuterDisposeScope(),
            weights is null ? null : attention!.MeanOfHeads(weights).MoveToOuterDisposeScope());
    }

    /// <summary>Word scores (R, V) from <see cref="DecoderStep.Seen"/> of steps, (R, 2H) or (R, H).</summary>
    public Tensor Scores(Tensor seen)
    {
        using var scope = NewDisposeScope();
        var features = functional.dropout(combine.call(seen).tanh(), Options.OutputDropout, training);
        return functional.linear(features, embedding.weight!, output_bias).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// All steps at once, with the true words before each: words (B, T) to the output layer's input, (B, T, 2H) or (B, T, H).
    /// </summary>
    public Tensor Unroll(DecoderMemory memory, Tensor words)
    {
        using var scope = NewDisposeScope();
        var (captions, steps) = (words.shape[0], words.shape[1]);
        var state = Start(memory, captions / memory.Images);
        var all = WordGates(words).view(memory.Images, -1, steps, 4 * Options.Hidden) + memory.Gates.unsqueeze(1).unsqueeze(1);
        var states = new List<Tensor>();
        foreach (var gates in all.view(captions, steps, -1).unbind(1))
        {
            state = Advance(gates, state);
            states.Add(state.Hidden);
        }
        var hidden = stack(states, 1);
        if (training && Options.OutputDropout > 0) hidden = hidden * Kept(Options.OutputDropout, captions, 1, Options.Hidden);
        var (seen, _) = Look(memory, hidden.view(-1, Options.Hidden));
        return seen.view(captions, steps, -1).MoveToOuterDisposeScope();
    }

    /// <summary>Embeddings (N, P, C) and the words before (B, T) to scores of every word (B, T, V).</summary>
    public override Tensor forward(Tensor embeddings, Tensor words)
    {
        using var scope = NewDisposeScope();
        return Scores(Unroll(Memory(embeddings), words)).MoveToOuterDisposeScope();
    }

    // One step of the LSTM (Hochreiter and Schmidhuber, 1997); gates (B, 4H) without what the state before adds.
    private DecoderState Advance(Tensor gates, DecoderState state)
    {
        using var scope = NewDisposeScope();
        var parts = recurrent_gates.call(state.Hidden).add_(gates).chunk(4, 1);
        var cell = parts[1].sigmoid() * state.Cell + parts[0].sigmoid() * parts[2].tanh();
        var hidden = parts[3].sigmoid() * cell.tanh();
        return new DecoderState(hidden, cell).MoveToOuterDisposeScope();
    }

    // States (R, H) to state and context (R, 2H), and each head's weights of the cells.
    private (Tensor Seen, Tensor? Weights) Look(DecoderMemory memory, Tensor hidden)
    {
        if (attention is null) return (hidden.alias(), null);
        var (context, weights) = attention.Look(memory.Cells!, hidden);
        using (context) return (cat([hidden, context], 1), weights);
    }

    // 0 with the given probability, otherwise 1 / (1 − dropout), which keeps the mean.
    private static Tensor Kept(double dropout, params long[] shape) => rand(shape).ge(dropout).to(ScalarType.Float32).div_(1 - dropout);

    private void Initialize()
    {
        using var _ = no_grad();
        foreach (var layer in modules().OfType<Linear>())
        {
            init.xavier_uniform_(layer.weight!);
            if (layer.bias is not null) init.zeros_(layer.bias);
        }
        // The word vectors are the output layer's weights too, so their length must be about 1: N(0, 1) entries would swamp the loss.
        init.normal_(embedding.weight!, 0, Math.Pow(Options.Hidden, -0.5));
        // The forget gate starts open (Jozefowicz et al., 2015).
        using var forget = word_gates.bias!.narrow(0, Options.Hidden, Options.Hidden);
        forget.fill_(1);
    }
}

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
    /// True: the decoder attends to the grid's cells at every word (Show, Attend and Tell). False: the image is one vector, the mean over
    /// the cells, that the LSTM starts from (Show and Tell).
    /// </summary>
    public bool Attention { get; init; } = true;

    /// <summary>Attention heads; the number divides <see cref="Hidden"/>.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Share of the grid's cells dropped in training.</summary>
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
        if (Attention && (Heads < 1 || Hidden % Heads != 0))
            throw Wrong(nameof(Heads), Heads, FormattableString.Invariant($"a divisor of Hidden, {Hidden}"));
        foreach (var (name, rate) in new[] { (nameof(CellDropout), CellDropout), (nameof(MemoryDropout), MemoryDropout),
            (nameof(EmbeddingDropout), EmbeddingDropout), (nameof(OutputDropout), OutputDropout) })
            if (rate is not (>= 0 and < 1)) throw Wrong(name, rate, "from 0 up to, but not including, 1");
        return this;
    }

    private static CaptionTLException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"The decoder's {name} is {value}; it must be {range}."));
}

/// <summary>What a decoder keeps of N images while it writes their captions: K heads, P cells, H hidden units.</summary>
/// <param name="Mean">What the LSTM starts from, (N, H).</param>
/// <param name="Gates">What the image adds to the gates at every word, (N, 4H).</param>
/// <param name="Cells">Keys and values of the cells, side by side and by heads, (N, K, P, 2H / K); null without attention.</param>
public sealed record DecoderMemory(Tensor Mean, Tensor Gates, Tensor? Cells) : IDisposable
{
    /// <summary>Images.</summary>
    public long Images => Mean.shape[0];

    /// <summary>Some of the images.</summary>
    /// <param name="images">Their positions, int64.</param>
    public DecoderMemory Select(Tensor images) =>
        new(Mean.index_select(0, images), Gates.index_select(0, images), Cells?.index_select(0, images));

    public DecoderMemory MoveToOuterDisposeScope()
    {
        Mean.MoveToOuterDisposeScope();
        Gates.MoveToOuterDisposeScope();
        Cells?.MoveToOuterDisposeScope();
        return this;
    }

    public void Dispose()
    {
        Mean.Dispose();
        Gates.Dispose();
        Cells?.Dispose();
    }
}

/// <summary>The LSTM's state between two words.</summary>
/// <param name="Hidden">(B, H).</param>
/// <param name="Cell">(B, H).</param>
public sealed record DecoderState(Tensor Hidden, Tensor Cell) : IDisposable
{
    /// <summary>Some of the rows, in another order.</summary>
    /// <param name="rows">Their positions, int64.</param>
    public DecoderState Select(Tensor rows) => new(Hidden.index_select(0, rows), Cell.index_select(0, rows));

    public DecoderState MoveToOuterDisposeScope()
    {
        Hidden.MoveToOuterDisposeScope();
        Cell.MoveToOuterDisposeScope();
        return this;
    }

    public void Dispose()
    {
        Hidden.Dispose();
        Cell.Dispose();
    }
}

/// <summary>What one step of the decoder gives.</summary>
/// <param name="State">For the next step.</param>
/// <param name="Seen">Input of the output layer: (B, 2H) with attention, (B, H) without.</param>
/// <param name="Attention">Weights of the cells, (B, P), each row summing to one; null without attention.</param>
public sealed record DecoderStep(DecoderState State, Tensor Seen, Tensor? Attention);
