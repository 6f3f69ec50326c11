using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CaptionTL.Heads;

/// <summary>
/// An LSTM that writes a caption from a picture's embedding. Before each word it weighs the grid's cells by their dot products with its
/// state and takes the weighted mean in together with the word before (Xu et al., 2015, with the scores of Luong et al., 2015); the
/// output layer shares its weights with the word vectors (Press and Wolf, 2017). Without attention the picture only gives the first
/// state (Vinyals et al., 2015).
/// N pictures, P cells, C channels, H hidden units, V words, T steps; B captions, B / N of them a picture and side by side, so that a
/// picture with several captions, or the beams of a search, share one memory.
/// </summary>
public sealed class CaptionDecoder : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear project;
    private readonly LayerNorm project_norm;
    private readonly Linear initial;
    private readonly Linear? query;
    private readonly Embedding embedding;
    private readonly Linear word_gates;
    private readonly Linear recurrent_gates;
    private readonly Linear combine;
    private readonly Parameter output_bias;

    public CaptionDecoder(CaptionDecoderOptions options) : base(nameof(CaptionDecoder))
    {
        Options = options.Validated();
        var hidden = options.Hidden;
        var seen = options.Attention ? 2 * hidden : hidden;
        project = Linear(options.Channels, hidden);
        project_norm = LayerNorm(hidden);
        initial = Linear(hidden, 2 * hidden);
        query = options.Attention ? Linear(hidden, hidden) : null;
        embedding = Embedding(options.VocabularySize, hidden);
        word_gates = Linear(hidden, 4 * hidden);
        recurrent_gates = Linear(seen, 4 * hidden, hasBias: false);
        combine = Linear(seen, hidden);
        output_bias = Parameter(zeros(options.VocabularySize));
        RegisterComponents();
        Initialize();
    }

    public CaptionDecoderOptions Options { get; }

    /// <summary>What the LSTM looks at: (N, P, C) to (N, P, H), or (N, 1, H) without attention.</summary>
    public Tensor Memory(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        var cells = embeddings.to(ScalarType.Float32);
        if (!Options.Attention) cells = cells.mean([1], keepdim: true);
        var memory = project_norm.call(project.call(cells)).relu_();
        if (training && Options.Attention && Options.CellDropout > 0)
            memory = memory * rand(memory.shape[0], memory.shape[1], 1).ge(Options.CellDropout).to(ScalarType.Float32).div_(1 - Options.CellDropout);
        return memory.MoveToOuterDisposeScope();
    }

    /// <summary>The LSTM's first state, (B, H) each, from the mean of the memory (N, P, H).</summary>
    /// <param name="memory">(N, P, H).</param>
    /// <param name="each">Captions a picture, B / N.</param>
    public DecoderState Start(Tensor memory, long each = 1)
    {
        using var scope = NewDisposeScope();
        var first = initial.call(memory.mean([1])).tanh();
        var parts = (each == 1 ? first : first.repeat_interleave(each, 0)).chunk(2, 1);
        return new DecoderState(parts[0].MoveToOuterDisposeScope(), parts[1].MoveToOuterDisposeScope());
    }

    /// <summary>The words' part of the gates: indices of any shape to the same shape and 4H; gates in the order input, forget, candidate, output.</summary>
    public Tensor WordGates(Tensor words)
    {
        using var scope = NewDisposeScope();
        // Entries of about one: what the output layer wants, entries of H^−½, would be drowned by the context.
        var vectors = functional.dropout(embedding.call(words) * Math.Sqrt(Options.Hidden), Options.EmbeddingDropout, training);
        return word_gates.call(vectors).MoveToOuterDisposeScope();
    }

    /// <summary>One step of the LSTM for B captions.</summary>
    /// <param name="memory">(N, P, H).</param>
    /// <param name="wordGates">(B, 4H), of the words before.</param>
    /// <param name="state">Not disposed here.</param>
    public DecoderStep Step(Tensor memory, Tensor wordGates, DecoderState state)
    {
        using var scope = NewDisposeScope();
        Tensor? attention = null, context = null;
        if (query is not null)
        {
            var questions = query.call(state.Hidden).view(memory.shape[0], -1, Options.Hidden);
            var weights = functional.softmax(bmm(questions, memory.transpose(1, 2)).mul(1 / Math.Sqrt(Options.Hidden)), 2);
            context = bmm(weights, memory).view(-1, Options.Hidden);
            attention = weights.view(-1, memory.shape[1]);
        }
        var gates = recurrent_gates.call(context is null ? state.Hidden : cat([context, state.Hidden], 1)).add_(wordGates).chunk(4, 1);
        var cell = gates[1].sigmoid() * state.Cell + gates[0].sigmoid() * gates[2].tanh();
        var hidden = gates[3].sigmoid() * cell.tanh();
        var seen = context is null ? hidden.alias() : cat([hidden, context], 1);
        return new DecoderStep(
            new DecoderState(hidden.MoveToOuterDisposeScope(), cell.MoveToOuterDisposeScope()),
            seen.MoveToOuterDisposeScope(),
            attention?.MoveToOuterDisposeScope());
    }

    /// <summary>Word scores (R, V) from what steps have seen, (R, 2H) or (R, H).</summary>
    public Tensor Scores(Tensor seen)
    {
        using var scope = NewDisposeScope();
        var features = functional.dropout(combine.call(seen).tanh(), Options.OutputDropout, training);
        return functional.linear(features, embedding.weight!, output_bias).MoveToOuterDisposeScope();
    }

    /// <summary>All steps with the true words before each: embeddings (N, P, C) and words (B, T) to what was seen, (B, T, 2H) or (B, T, H).</summary>
    public Tensor Unroll(Tensor embeddings, Tensor words)
    {
        using var scope = NewDisposeScope();
        var memory = Memory(embeddings);
        var state = Start(memory, words.shape[0] / memory.shape[0]);
        var seen = new List<Tensor>();
        foreach (var gates in WordGates(words).unbind(1))
        {
            var step = Step(memory, gates, state);
            seen.Add(step.Seen);
            state = step.State;
        }
        return stack(seen, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Embeddings (N, P, C) and the words before (B, T) to scores of every word (B, T, V).</summary>
    public override Tensor forward(Tensor embeddings, Tensor words)
    {
        using var seen = Unroll(embeddings, words);
        return Scores(seen);
    }

    private void Initialize()
    {
        using var _ = no_grad();
        foreach (var layer in new[] { project, initial, word_gates, recurrent_gates, combine }.Concat(query is null ? [] : [query]))
        {
            init.xavier_uniform_(layer.weight!);
            if (layer.bias is not null) init.zeros_(layer.bias);
        }
        // As the output layer the word vectors must be of length about one: N(0, 1) entries would drown the loss.
        init.normal_(embedding.weight!, 0, Math.Pow(Options.Hidden, -0.5));
        // The forget gate begins open (Jozefowicz et al., 2015).
        using var forget = word_gates.bias!.narrow(0, Options.Hidden, Options.Hidden);
        forget.fill_(1);
    }
}
